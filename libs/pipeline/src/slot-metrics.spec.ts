import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { memoryBackend, Scheduler } from '@relay/scheduler';
import { FakeClock } from '@relay/testing';
import { Metrics } from '@relay/trace';
import { SlotMetrics } from './slot-metrics';

it("metrics tell a pool's limits, what waits for it, and whether its slots are shared", async () => {
  const config = relayConfigSchema.parse({
    providers: [{ id: 'a', kind: 'simulator', limits: { concurrency: 2 } }],
    policy: { name: 'test', version: 1 },
  }) as RelayConfig;
  const clock = new FakeClock();
  const scheduler = new Scheduler(new ConfigStore(config, 'relay.yaml'), clock, () => 0, memoryBackend(clock));
  scheduler.onModuleInit();
  const metrics = new Metrics();
  new SlotMetrics(scheduler, metrics);
  const { signal } = new AbortController();
  const request = {
    poolId: 'a',
    model: 'm',
    tenantId: 't',
    weight: 1,
    cost: 10,
    deadlineAt: clock.now() + 60_000,
    signal,
  };
  for (let i = 0; i < 3; i++) void scheduler.admit({ ...request, class: 'short', level: 'interactive' });
  void scheduler.admit({ ...request, class: 'long', level: 'batch' });
  const text = await metrics.render();
  for (const line of [
    'relay_slots_in_use{pool="a"} 2',
    'relay_slots_limit{pool="a",limited_by="configured"} 2',
    'relay_slots_configured{pool="a"} 2',
    'relay_slots_held_models{pool="a"} 0',
    'relay_requests_waiting{pool="a"} 2',
    'relay_requests_waiting_by_class{pool="a",class="short"} 1',
    'relay_requests_waiting_by_class{pool="a",class="long"} 1',
    'relay_requests_waiting_by_level{pool="a",level="interactive"} 1',
    'relay_requests_waiting_by_level{pool="a",level="standard"} 0',
    'relay_requests_waiting_by_level{pool="a",level="batch"} 1',
    'relay_slot_ledger_up 1',
  ])
    expect(text).toContain(`${line}\n`);
  await scheduler.close();
});
