import type { EvaluationComparisonQuery } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { timeRange } from '../domain/time-range';

const DAY_MS = 86_400_000;
/** A longer range would read more than a statement may take. */
const MAX_DAYS = 31;

export interface Window {
  readonly from: Date;
  readonly to: Date; // exclusive
}

/** The last 24 hours where nothing is said. Error: `invalid_request`. */
export function evaluationWindow(
  asked: Pick<EvaluationComparisonQuery, 'from' | 'to'>,
  now: number,
): Result<Window, RelayError> {
  const named = { ...(asked.from && { from: asked.from }), ...(asked.to && { to: asked.to }) };
  const range = timeRange(named, now);
  const [from, to] = [new Date(range.from), new Date(range.to)];
  if (from >= to) return err(refused('from', 'is not before the end of the range (to)'));
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY_MS)
    return err(refused('from', `is more than ${MAX_DAYS} days before the end; allowed: at most ${MAX_DAYS} days`));
  return ok({ from, to });
}

/** What is held against what: a name (null: all requests) in a window each. */
export interface ComparedSide extends Window {
  readonly name: string | null;
}

/** Two groups in one window, or one before and after the moment. Error: `invalid_request` where it is neither, or both. */
export function sidesOf(
  { a, b, moment }: EvaluationComparisonQuery,
  { from, to }: Window,
): Result<readonly [ComparedSide, ComparedSide], RelayError> {
  if (moment !== undefined) {
    if (b !== undefined) return err(refused('b', 'cannot be named together with a moment'));
    const at = new Date(moment);
    if (at <= from || at >= to) return err(refused('moment', 'is not within the range (from, to)'));
    const name = a ?? null;
    return ok([
      { name, from, to: at },
      { name, from: at, to },
    ]);
  }
  if (a === undefined || b === undefined)
    return err(refused(a === undefined ? 'a' : 'b', 'is missing; allowed: two groups (a, b), or a moment'));
  if (a === b) return err(refused('b', 'is the same group as a'));
  return ok([
    { name: a, from, to },
    { name: b, from, to },
  ]);
}

const refused = (param: string, what: string): RelayError =>
  new RelayError('invalid_request', `${param}: ${what}.`, { param });
