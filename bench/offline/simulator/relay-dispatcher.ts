import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { Cancellation } from '@relay/core';
import { memoryBackend, Scheduler } from '@relay/scheduler';
import { seededRandom } from '../../training/random';
import type { DispatcherFactory } from './dispatcher';
import type { Attempt } from './sim-call';

const POOL = 'simulated';
/** What a plan counts for an answer whose length the client did not limit, tokens. */
const ASSUMED_OUTPUT_TOKENS = 256;
/** Predicted tokens from which a request is long; the relay's first guess. */
const LONG_COST_TOKENS = 4_000;
/** Stands for "no deadline", ms: a hundred days. */
const NO_DEADLINE_MS = 8_640_000_000;

export interface RelaySettings {
  readonly maxQueued?: number;
  readonly maxQueuedPerTenant?: number;
}

/** The relay's own scheduler, in one process, with the line in memory. */
export function relayScheduler(settings: RelaySettings = {}): DispatcherFactory {
  return ({ clock, slots }) => {
    const config = new ConfigStore(configOf(slots, settings), 'simulated.yaml');
    const scheduler = new Scheduler(config, clock, seededRandom(1), memoryBackend(clock));
    scheduler.onModuleInit();
    const startMs = clock.now();
    return {
      admit: (attempt) => scheduler.admit({ ...requestOf(attempt), deadlineAt: startMs + deadlineOf(attempt) }),
      close: () => scheduler.close(),
    };
  };
}

function configOf(slots: number, settings: RelaySettings): RelayConfig {
  const config = relayConfigSchema.parse({
    providers: [{ id: POOL, kind: 'simulator', limits: { concurrency: slots } }],
    policy: { name: 'simulated', version: 1 },
    scheduler: settings,
  });
  return config as RelayConfig;
}

const deadlineOf = ({ atMs, deadlineAtMs }: Attempt): number => Math.min(deadlineAtMs, atMs + NO_DEADLINE_MS);

function requestOf({ call }: Attempt) {
  const cost = call.input + 2 * ASSUMED_OUTPUT_TOKENS;
  return {
    poolId: POOL,
    tenantId: call.tenant,
    weight: call.weight,
    class: cost >= LONG_COST_TOKENS ? ('long' as const) : ('short' as const),
    level: call.level ?? ('standard' as const),
    cost,
    signal: new Cancellation(),
  };
}
