import { type RelayConfig, ConfigStore, relayConfigSchema } from '@relay/config';
import { systemClock } from '@relay/core';
import { type AdmissionRequest, memoryBackend, Scheduler } from '@relay/scheduler';
import { quantile } from '../crowd/figures';

const POOL = 'provider';
const SLOTS = 1_000;
const BATCHES = 200;
/** Slots taken and given back between two looks at the clock. */
const BATCH = 1_000;

/** Microseconds that taking a free slot and giving it back cost in the process: median and P99 over batches, after as many to warm up. */
export async function measureFastPath(): Promise<{ readonly p50Us: number; readonly p99Us: number }> {
  const parsed = relayConfigSchema.parse({
    providers: [{ id: POOL, kind: 'simulator', limits: { concurrency: SLOTS } }],
    policy: { name: 'bench', version: 1 },
  });
  const config = new ConfigStore(parsed as RelayConfig, 'bench.yaml');
  const scheduler = new Scheduler(config, systemClock, Math.random, memoryBackend(systemClock));
  scheduler.onModuleInit();
  const { signal } = new AbortController();
  const request: AdmissionRequest = {
    ...{
      poolId: POOL,
      tenantId: 'tenant',
      model: 'small',
      weight: 1,
      class: 'short',
      level: 'standard',
      cost: 500,
      signal,
    },
    deadlineAt: systemClock.now() + 600_000,
  };
  const times: number[] = [];
  for (let batch = 0; batch < 2 * BATCHES; batch++) {
    const startedAt = performance.now();
    for (let i = 0; i < BATCH; i++) {
      const slot = scheduler.tryAcquire(request);
      if (!slot) throw new Error('a free slot was refused');
      slot.release({ ended: 'completed', cost: 480 });
    }
    times.push(((performance.now() - startedAt) * 1_000) / BATCH);
    await new Promise(setImmediate);
  }
  await scheduler.close();
  const warm = times.slice(BATCHES);
  return { p50Us: quantile(warm, 0.5), p99Us: quantile(warm, 0.99) };
}
