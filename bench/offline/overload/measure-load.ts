import type { DispatcherFactory } from '../simulator/dispatcher';
import { quantile } from '../simulator/quantile';
import type { Outcome, SimCall } from '../simulator/sim-call';
import { simulate } from '../simulator/simulate';
import { SLOTS, spanMs } from './arrivals';

export interface LoadFigures {
  readonly goodput: number; // requests a second that were answered in full by their deadline
  readonly goodTokens: number; // output tokens a second of these
  readonly served: number; // share of the requests
  readonly refusedAtEntry: number;
  readonly leftWaiting: number; // refused later than at entry: their deadline passed while they waited
  readonly late: number; // began, and did not end by their deadline
  readonly wasted: number; // share of the slot-time that was used, spent on those
  readonly waitP99Ms: number; // of those that began
  /** The longest that anybody waited past its deadline, ms. */
  readonly longestPastMs: number;
}

export async function measureLoad(calls: readonly SimCall[], dispatcher: DispatcherFactory): Promise<LoadFigures> {
  return figuresOf(await simulate({ calls, slots: SLOTS, dispatcher }), calls);
}

export function figuresOf(outcomes: readonly Outcome[], calls: readonly SimCall[]): LoadFigures {
  const seconds = spanMs(calls) / 1_000;
  const good = outcomes.filter(({ completed }) => completed);
  const began = outcomes.filter(({ startedMs }) => startedMs !== null);
  const late = began.filter(({ completed }) => !completed);
  const refused = outcomes.filter(({ refusal }) => refusal !== null);
  const atEntry = refused.filter(({ atMs, endedMs }) => endedMs === atMs);
  const share = (some: readonly unknown[]): number => some.length / outcomes.length;
  return {
    goodput: good.length / seconds,
    goodTokens: good.reduce((sum, { call }) => sum + call.output, 0) / seconds,
    served: share(good),
    refusedAtEntry: share(atEntry),
    leftWaiting: share(refused) - share(atEntry),
    late: share(late),
    wasted: heldMs(late) / heldMs(began),
    waitP99Ms: quantile(began.map(waitMs), 0.99),
    longestPastMs: Math.max(0, ...outcomes.map((outcome) => outcome.atMs + waitMs(outcome) - outcome.deadlineAtMs)),
  };
}

/** Until it began, or was refused. */
const waitMs = ({ startedMs, endedMs, atMs }: Outcome): number => (startedMs ?? endedMs) - atMs;

const heldMs = (began: readonly Outcome[]): number =>
  began.reduce((sum, { startedMs, endedMs }) => sum + endedMs - (startedMs ?? endedMs), 0);
