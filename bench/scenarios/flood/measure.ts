import { cpuTime, waitedForCoreMs } from '../../process/usage';
import type { Rig } from '../../runner/rig';
import type { RunningSubject } from '../../subjects/subject';
import type { Sample } from '../../load/protocol';
import { samplesOf, spreadOver, type Crowd, type Heard, type Stream } from '../crowd/crowd';
import { busySlots, jain, quantile, type Span } from '../crowd/figures';
import { BACKLOG_MULTIPLE, type Backlogged, CAPACITY, FLOOD, POLITE, POLITE_RATE, SHARE, SLOTS } from './load';

/** Of each phase, until there is a backlog; ms. */
const SETTLE_MS = 1_000;

export interface Stage {
  readonly rig: Rig;
  readonly gateways: readonly RunningSubject[];
  readonly crowd: Crowd;
  readonly say: (line: string) => void;
}

interface Ran {
  readonly heard: readonly Heard[];
  readonly slots: { readonly idleShare: number; readonly most: number };
  readonly gatewayCores: number;
  /** Share of the time in which a gateway was ready to run and had no core; of several the mean. */
  readonly waitedForCore: number;
  readonly harness: { readonly cpuShare: number; readonly lateP99Ms: number };
}

/** What a tenant was given. Times in ms. */
export interface Service {
  readonly sent: number;
  readonly served: number;
  readonly servedPerSecond: number;
  readonly refused: number; // 429
  readonly refusedPerSecond: number;
  readonly failed: number; // anything else
  readonly waitP50: number;
  readonly waitP99: number;
  readonly totalP50: number;
  readonly totalP99: number;
  readonly refusalP99: number;
}

export interface FloodPhase extends Omit<Ran, 'heard'> {
  readonly multiple: number; // of the flood's share; 0: the polite tenant alone
  readonly polite: Service;
  readonly flood: Service;
}

export interface BacklogPhase extends Omit<Ran, 'heard'> {
  readonly tenants: readonly { readonly id: string; readonly weight: number; readonly served: number }[];
  readonly jain: number; // of served / weight
}

export async function measureFlood(stage: Stage, multiple: number, seconds: number): Promise<FloodPhase> {
  const streams = spreadOver(stage.gateways, POLITE.id, POLITE_RATE);
  if (multiple > 0) streams.push(...spreadOver(stage.gateways, FLOOD.id, SHARE * multiple));
  const { heard, ...ran } = await run(stage, streams, seconds);
  const [polite, flood] = [POLITE, FLOOD].map(({ id }) => serviceOf(samplesOf(heard, id), seconds));
  if (!polite || !flood) throw new Error('a tenant without figures');
  stage.say(`flood at ${multiple}x: polite P99 ${polite.totalP99.toFixed(0)} ms, flood served ${flood.served}`);
  return { multiple, polite, flood, ...ran };
}

/** Each tenant asks for more than its share. */
export async function measureBacklog(
  stage: Stage,
  backlogged: readonly Backlogged[],
  seconds: number,
): Promise<BacklogPhase> {
  const weights = backlogged.reduce((sum, { weight }) => sum + weight, 0);
  const streams = backlogged.flatMap(({ id, weight, at }, i) => {
    const own = stage.gateways.filter((_, g) => at === 'all' || g === i % stage.gateways.length);
    return spreadOver(own, id, (BACKLOG_MULTIPLE * CAPACITY * weight) / weights);
  });
  const { heard, span, ...ran } = await run(stage, streams, seconds);
  const tenants = backlogged.map(({ id, weight }) => {
    const done = samplesOf(heard, id).filter(({ status, startMs, tookMs }) => {
      const at = startMs + tookMs;
      return status === 200 && at >= span.fromMs && at <= span.toMs;
    });
    return { id, weight, served: done.length };
  });
  const index = jain(tenants.map(({ served, weight }) => served / weight));
  stage.say(`backlog of ${tenants.length} tenants: Jain ${index.toFixed(4)}`);
  return { tenants, jain: index, ...ran };
}

async function run(stage: Stage, streams: readonly Stream[], seconds: number): Promise<Ran & { readonly span: Span }> {
  const { rig, crowd, gateways } = stage;
  await rig.recordedCalls(); // of what was before
  const cpu = (): number => gateways.reduce((sum, { pid }) => sum + cpuTime(pid).all, 0);
  const waited = (): number => gateways.reduce((sum, { pid }) => sum + waitedForCoreMs(pid), 0);
  const [cpuBefore, waitedBefore, startMs] = [cpu(), waited(), nowMs()];
  const heard = await crowd.run(streams, seconds);
  const tookMs = nowMs() - startMs;
  const gatewayCores = (cpu() - cpuBefore) / tookMs;
  const waitedForCore = (waited() - waitedBefore) / gateways.length / tookMs;
  const span = spanOf(heard, seconds);
  const { calls } = await rig.recordedCalls();
  const { mean, most } = busySlots(calls, span);
  return {
    heard,
    span,
    slots: { idleShare: 1 - mean / SLOTS, most },
    gatewayCores,
    waitedForCore,
    harness: {
      cpuShare: Math.max(...heard.map(({ generatorCpuShare }) => generatorCpuShare)),
      lateP99Ms: Math.max(...heard.map(({ lateP99Ms }) => lateP99Ms)),
    },
  };
}

/** While requests were sent, without the first second. */
function spanOf(heard: readonly Heard[], seconds: number): Span {
  const first = heard.reduce(
    (least, { samples }) => samples.reduce((a, { startMs }) => Math.min(a, startMs), least),
    Infinity,
  );
  return { fromMs: first + SETTLE_MS, toMs: first + seconds * 1_000 };
}

function serviceOf(samples: readonly Sample[], seconds: number): Service {
  const good = samples.filter(({ status }) => status === 200);
  const refused = samples.filter(({ status }) => status === 429);
  const waits = good.map(({ queueMs }) => queueMs ?? 0);
  const totals = good.map(({ tookMs }) => tookMs);
  return {
    sent: samples.length,
    served: good.length,
    servedPerSecond: good.length / seconds,
    refused: refused.length,
    refusedPerSecond: refused.length / seconds,
    failed: samples.length - good.length - refused.length,
    ...{ waitP50: quantile(waits, 0.5), waitP99: quantile(waits, 0.99) },
    ...{ totalP50: quantile(totals, 0.5), totalP99: quantile(totals, 0.99) },
    refusalP99: quantile(
      refused.map(({ tookMs }) => tookMs),
      0.99,
    ),
  };
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
