import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { Cancellation, err } from '@relay/core';
import {
  Admission,
  memoryBackend,
  memoryBackends,
  Scheduler,
  SketchBook,
  type SlotReport,
  timeToKeepMs,
} from '@relay/scheduler';
import { seededRandom } from '../../training/random';
import type { Dispatcher, DispatcherFactory, Rig } from './dispatcher';
import type { Lengths } from './service-model';
import type { Attempt } from './sim-call';

const POOL = 'simulated';
const TARGET = 'simulated/model';
const TASK = 'chat';
/** What a plan counts for an answer whose length the client did not limit, tokens. */
const ASSUMED_OUTPUT_TOKENS = 256;
/** Predicted tokens from which a request is long, unless the settings say so; the relay's first guess. */
const LONG_COST_TOKENS = 4_000;
/** Stands for "no deadline", ms: a hundred days. */
const NO_DEADLINE_MS = 8_640_000_000;
const SEED = 1;

/** As in `scheduler` of the configuration. */
export interface RelaySettings {
  readonly maxQueued?: number;
  readonly maxQueuedPerTenant?: number;
  readonly longCostTokens?: number;
  readonly shortShare?: number;
}

/** The relay's own scheduler, in one process, with the line in memory. */
export function relayScheduler(settings: RelaySettings = {}): DispatcherFactory {
  return (rig) => {
    const scheduler = startScheduler(rig, settings, memoryBackend(rig.clock));
    const startMs = rig.clock.now();
    return {
      admit: (attempt) => scheduler.admit(requestOf(attempt, startMs, settings)),
      close: () => scheduler.close(),
    };
  };
}

/** How a load balancer deals out requests: as it comes, or all of a tenant to one process. */
export type Dealing = 'at random' | 'by tenant';

/** The same in several processes that share line and slots. */
export function relayProcesses(processes: number, dealing: Dealing, settings: RelaySettings = {}): DispatcherFactory {
  return (rig) => {
    const backends = memoryBackends(rig.clock, processes);
    const schedulers = backends.map((backend) => startScheduler(rig, settings, backend));
    const startMs = rig.clock.now();
    const deal = dealing === 'at random' ? atRandom(processes) : byTenant(processes);
    return {
      admit: (attempt) => {
        const scheduler = schedulers[deal(attempt)];
        if (!scheduler) throw new Error('no such process');
        return scheduler.admit(requestOf(attempt, startMs, settings));
      },
      close: async () => void (await Promise.all(schedulers.map((scheduler) => scheduler.close()))),
    };
  };
}

function atRandom(processes: number): (attempt: Attempt) => number {
  const random = seededRandom(SEED);
  return () => Math.floor(random() * processes);
}

function byTenant(processes: number): (attempt: Attempt) => number {
  const tenants = new Map<string, number>(); // in the order in which they come
  return ({ call }) => {
    if (!tenants.has(call.tenant)) tenants.set(call.tenant, tenants.size);
    return (tenants.get(call.tenant) ?? 0) % processes;
  };
}

/** The same behind the relay's admission, which goes by what calls before took. Nothing is degraded: there is nothing to give up here. */
export function relayWithAdmission(
  settings: RelaySettings = {},
  onAdmitted: OnAdmitted = () => undefined,
): DispatcherFactory {
  return (rig) =>
    new AdmittingDispatcher(rig, startScheduler(rig, settings, memoryBackend(rig.clock)), settings, onAdmitted);
}

/** Hears what admission expected of the wait of a request that it let in, ms; null: nothing yet. */
type OnAdmitted = (attempt: Attempt, expectedMs: number | null) => void;

class AdmittingDispatcher implements Dispatcher {
  private readonly book = new SketchBook();
  private readonly admission: Admission;
  private readonly startMs: number;

  constructor(
    private readonly rig: Rig,
    private readonly scheduler: Scheduler,
    private readonly settings: RelaySettings,
    private readonly onAdmitted: OnAdmitted,
  ) {
    const { clock } = rig;
    this.startMs = clock.now();
    const predictor = { predict: (question: Question) => this.book.predict(question, clock.monotonic()) };
    this.admission = new Admission(scheduler, predictor, clock, seededRandom(SEED));
  }

  async admit(attempt: Attempt): ReturnType<Dispatcher['admit']> {
    const request = requestOf(attempt, this.startMs, this.settings);
    const question = questionOf(attempt);
    const verdict = this.admission.decide({
      ...{ request, task: TASK, inputTokens: question.inputTokens, level: request.level },
      ...{
        leftMs: request.deadlineAt - this.rig.clock.now(),
        planned: { poolId: POOL, target: TARGET, maxTokens: null },
      },
      ...{ steps: [], usd: null, alternatives: [], cuts: [], looserCache: false },
    });
    if (verdict.kind === 'refused') return err(this.admission.refusal(verdict));
    this.onAdmitted(attempt, verdict.met.waitMs);
    const latestStartAt = request.deadlineAt - this.timeToKeepMs(attempt, question);
    const admitted = await this.scheduler.admit({ ...request, latestStartAt });
    if (!admitted.ok) return admitted;
    const startedMs = this.rig.clock.monotonic();
    const release = (report?: SlotReport): void => {
      if (report?.ended === 'completed') this.learn(attempt, question, report, startedMs);
      admitted.value.release(report);
    };
    return { ok: true, value: { release } };
  }

  close(): Promise<void> {
    return this.scheduler.close();
  }

  private timeToKeepMs({ call }: Attempt, question: Question): number {
    const { serviceMs } = this.book.predict(question, this.rig.clock.monotonic());
    const times = { serviceP90Ms: serviceMs?.p90 ?? null, fastestMs: this.admission.fastestMs(TARGET) };
    return timeToKeepMs(times, call.deadlineMs ?? NO_DEADLINE_MS);
  }

  private learn({ call }: Attempt, question: Question, { ttftMs }: SlotReport, startedMs: number): void {
    const now = this.rig.clock.monotonic();
    const sample = { ttftMs: ttftMs ?? null, outputTokens: call.output, serviceMs: now - startedMs };
    this.book.observe(question, sample, now);
    this.admission.answered(TARGET, sample.serviceMs);
  }
}

type SchedulerBackend = ReturnType<typeof memoryBackend>;
type Question = Parameters<SketchBook['predict']>[0];

const questionOf = ({ call }: Attempt): Question => ({
  ...{ target: TARGET, task: TASK },
  ...{ inputTokens: call.input, maxTokens: null },
});

function startScheduler({ clock, slots }: Rig, settings: RelaySettings, backend: SchedulerBackend): Scheduler {
  const config = new ConfigStore(configOf(slots, settings), 'simulated.yaml');
  const scheduler = new Scheduler(config, clock, seededRandom(SEED), backend);
  scheduler.onModuleInit();
  return scheduler;
}

function configOf(slots: number, settings: RelaySettings): RelayConfig {
  const config = relayConfigSchema.parse({
    providers: [{ id: POOL, kind: 'simulator', limits: { concurrency: slots } }],
    policy: { name: 'simulated', version: 1 },
    scheduler: settings,
  });
  return config as RelayConfig;
}

/** What the relay thinks a request costs when it comes, in weighted tokens. */
export const predictedCost = ({ input }: Lengths): number => input + 2 * ASSUMED_OUTPUT_TOKENS;

/** `startMs`: of the run, since the epoch. */
function requestOf({ call, atMs, deadlineAtMs }: Attempt, startMs: number, settings: RelaySettings) {
  const cost = predictedCost(call);
  return {
    poolId: POOL,
    tenantId: call.tenant,
    weight: call.weight,
    class: cost >= (settings.longCostTokens ?? LONG_COST_TOKENS) ? ('long' as const) : ('short' as const),
    level: call.level ?? ('standard' as const),
    cost,
    deadlineAt: startMs + Math.min(deadlineAtMs, atMs + NO_DEADLINE_MS),
    signal: new Cancellation(),
  };
}
