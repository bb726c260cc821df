import { seededRandom } from '../../training/random';
import { quantile } from '../simulator/quantile';
import { relayWithAdmission } from '../simulator/relay-dispatcher';
import type { ServiceModel } from '../simulator/service-model';
import type { Outcome, SimCall } from '../simulator/sim-call';
import { simulate } from '../simulator/simulate';
import { poisson } from '../simulator/workload';

/** As in the scenario `overload-http`: what it shows besides is what processes and sockets add. */
export const SHORT = { slots: 8, callMs: 250, jitter: 0.5, deadlineMs: 2_000 } as const;
const CAPACITY = (SHORT.slots * 1_000) / SHORT.callMs;
/** The first fills the sketches. */
const LOADS = [1, 0.5, 1, 1.5, 2, 3];
const PHASE_MS = 20_000;
/** Of each phase, until there is a backlog. */
const SETTLE_MS = 1_000;
/** After each phase, until the line is empty again. */
const PAUSE_MS = 3_000;
const RUNS = 10;

/** Means over the runs, but for the share and the longest. */
export interface ShortRow {
  readonly load: number; // over what the slots can do
  readonly inTimePerSecond: number; // answers that came while the load lasted
  readonly refusedPerSecond: number;
  readonly refusedLate: number; // share of the refusals that came after a wait
  readonly late: number; // share of those that were let in, and were not answered in time
  readonly waitP99Ms: number; // of those that began
}

type ShortCall = SimCall & { readonly phase: number };

/** One tenant at each load in turn, calls of the same cost that take evenly half to one and a half times as long, short deadlines. */
export async function measureShort(seed: number, count = RUNS): Promise<ShortRow[]> {
  const runs: Outcome[][] = [];
  for (let run = 0; run < count; run++) runs.push(await runOnce(seed * count + run));
  return LOADS.map((load, phase) => ({ load, ...figures(runs, phase) })).slice(1);
}

function runOnce(seed: number): Promise<Outcome[]> {
  const random = seededRandom(seed);
  const calls = LOADS.flatMap((load, phase) => {
    const fromMs = startOf(phase);
    const lengths = (): { input: number; output: number } => ({ input: 100, output: 64 });
    const stream = { tenant: 'client', rate: CAPACITY * load, fromMs, toMs: fromMs + PHASE_MS, lengths };
    return poisson(stream, random).map((call): ShortCall => ({ ...call, deadlineMs: SHORT.deadlineMs, phase }));
  });
  const service: ServiceModel = () => {
    const totalMs = SHORT.callMs * (1 - SHORT.jitter + 2 * SHORT.jitter * random());
    return { ttftMs: totalMs, tpotMs: 0, totalMs };
  };
  return simulate({ calls, slots: SHORT.slots, dispatcher: relayWithAdmission(), service });
}

function figures(runs: readonly Outcome[][], phase: number): Omit<ShortRow, 'load'> {
  const [fromMs, toMs] = [startOf(phase) + SETTLE_MS, startOf(phase) + PHASE_MS];
  const seconds = (runs.length * (toMs - fromMs)) / 1_000;
  const outcomes = runs.flat().filter(({ call, atMs }) => phaseOf(call) === phase && atMs >= fromMs);
  const inTime = runs.flat().filter(({ completed, endedMs }) => completed && endedMs >= fromMs && endedMs < toMs);
  const refused = outcomes.filter(({ refusal }) => refusal !== null);
  const afterAWait = refused.filter(({ atMs, endedMs }) => endedMs > atMs);
  const began = outcomes.filter(({ startedMs }) => startedMs !== null);
  const late = began.filter(({ completed }) => !completed);
  return {
    inTimePerSecond: inTime.length / seconds,
    refusedPerSecond: refused.length / seconds,
    refusedLate: refused.length === 0 ? 0 : afterAWait.length / refused.length,
    late: (late.length + afterAWait.length) / (began.length + afterAWait.length),
    waitP99Ms: quantile(
      began.map(({ startedMs, atMs }) => (startedMs ?? atMs) - atMs),
      0.99,
    ),
  };
}

const startOf = (phase: number): number => phase * (PHASE_MS + PAUSE_MS);

const phaseOf = (call: SimCall): number => (call as ShortCall).phase;
