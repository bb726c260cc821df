import type { RoutingRow } from './routing-table';

const PRIOR_ROWS = 20;

/** Mean score of each model; `prior` counts as some rows more. */
export function meanScores(rows: readonly Pick<RoutingRow, 'scores'>[], prior?: readonly number[]): number[] {
  const count = rows.length + (prior ? PRIOR_ROWS : 0);
  const sums = (rows[0]?.scores ?? prior ?? []).map((_, model) => (prior?.[model] ?? 0) * PRIOR_ROWS);
  for (const { scores } of rows)
    for (const [model, score] of scores.entries()) sums[model] = (sums[model] ?? 0) + score;
  return sums.map((sum) => sum / count);
}
