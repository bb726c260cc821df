import { upperLimit, type Label } from '@relay/cache';
import { BUDGETS, verified } from './modes';
import { serveStream, type Served } from './serve-stream';

/** Odds of being wrong that a single test is allowed, as all tests of the product are together. */
const DELTA = 0.05;
/** So little that nothing is ever served. */
const NO_ERROR = 1e-9;

/** What any threshold on the score could do on a stream if every verdict were known, and nothing had been served meanwhile. */
export interface Reach {
  readonly budget: number;
  readonly judged: number; // requests with a neighbour, of all orders
  /** Most that a threshold chosen with hindsight serves within the budget. */
  readonly served: number;
  /** Most for which a single test at 95% proves the budget, of a threshold chosen with hindsight: where it is 0, no procedure serves honestly. */
  readonly provable: number;
}

export function reachOf(served: Served, orders: readonly Int32Array[], seed: number): Reach[] {
  const terms = verified(NO_ERROR, { labelShare: 1 });
  const runs = orders.map((order, i) => byScore(serveStream(served, order, terms, seed + i).labels));
  return BUDGETS.map((budget) => {
    const most = (fits: (wrong: number, count: number) => boolean): number =>
      runs.reduce((sum, run) => sum + longest(run, fits), 0);
    return {
      budget,
      judged: runs.flat().length,
      served: most((wrong, count) => wrong <= budget * count),
      provable: most((wrong, count) => wrong <= budget * count && upperLimit(wrong, count, DELTA) <= budget),
    };
  });
}

const byScore = (labels: readonly Label[]): boolean[] =>
  [...labels].sort((a, b) => b.similarity - a.similarity).map(({ correct }) => correct);

/** How many of the nearest pairs fit at most. */
export function longest(ranked: readonly boolean[], fits: (wrong: number, count: number) => boolean): number {
  let [wrong, best] = [0, 0];
  ranked.forEach((correct, i) => {
    if (!correct) wrong++;
    if (fits(wrong, i + 1)) best = i + 1;
  });
  return best;
}
