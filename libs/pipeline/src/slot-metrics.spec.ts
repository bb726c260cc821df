import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { memoryBackend, Scheduler } from '@relay/scheduler';
import { FakeClock } from '@relay/testing';
import { Metrics } from '@relay/trace';
import { SlotMetrics } from './slot-metrics';

function start(caps: { maxQueuedPerTenant?: number; maxQueued?: number } = {}) {
  const config = relayConfigSchema.parse({
    providers: [{ id: 'a', kind: 'simulator', limits: { concurrency: 2 } }],
    policy: { name: 'test', version: 1 },
    scheduler: caps,
  }) as RelayConfig;
  const clock = new FakeClock();
  const scheduler = new Scheduler(new ConfigStore(config, 'relay.yaml'), clock, () => 0, memoryBackend(clock));
  scheduler.onModuleInit();
  const metrics = new Metrics();
  new SlotMetrics(scheduler, metrics);
  const { signal } = new AbortController();
  const request = {
    ...{ poolId: 'a', model: 'm', tenantId: 't', weight: 1, cost: 10 },
    ...{ class: 'short' as const, level: 'interactive' as const },
    ...{ deadlineAt: clock.now() + 60_000, signal },
  };
  return { clock, scheduler, metrics, request };
}

it("metrics tell a pool's limits, what waits for it, and whether its slots are shared", async () => {
  const { scheduler, metrics, request } = start();
  for (let i = 0; i < 3; i++) void scheduler.admit(request);
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

it('metrics count what lowered the limit of a pool', async () => {
  const { scheduler, metrics, request } = start();
  scheduler.tryAcquire(request)?.release({ ended: 'rate-limited' });
  const text = await metrics.render();
  expect(text).toContain('relay_slots_limit{pool="a",limited_by="rate-limited"} 1\n');
  expect(text).toContain('# TYPE relay_pool_limit_lowered_total counter\n');
  expect(text).toContain('relay_pool_limit_lowered_total{pool="a",reason="rate-limited"} 1\n');
  expect(text).toContain('relay_pool_limit_lowered_total{pool="a",reason="slow"} 0\n');
  await scheduler.close();
});

it('metrics count whom the line refused, by reason', async () => {
  const { clock, scheduler, metrics, request } = start({ maxQueuedPerTenant: 2, maxQueued: 3 });
  const admit = (changes: Partial<typeof request> = {}) => scheduler.admit({ ...request, ...changes });
  for (let i = 0; i < 2; i++) scheduler.tryAcquire(request);
  const late = admit({ deadlineAt: clock.now() });
  const waiting = [admit(), admit()];
  const beyondItsTenant = admit();
  waiting.push(admit({ tenantId: 'u' }));
  const beyondAll = admit({ tenantId: 'u' });
  const refused = await Promise.all([late, beyondItsTenant, beyondAll]);
  clock.advance(60_000);
  refused.push(...(await Promise.all(waiting)));
  expect(refused.map((each) => (each.ok ? null : each.error.code))).toEqual(Array(6).fill('overloaded'));
  const text = await metrics.render();
  for (const [reason, count] of Object.entries({ late: 1, 'tenant-full': 1, 'room-full': 1, expired: 3 }))
    expect(text).toContain(`relay_queue_refused_total{pool="a",reason="${reason}"} ${count}\n`);
  await scheduler.close();
});
