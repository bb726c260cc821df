import type { Goal } from '../offline-scenario';
import { frontierAt } from './frontier';
import type { Measured, StreamFigures } from './measure-stream';

/**
 * Of the modes that keep a budget, as the product serves them. What serves nothing keeps every budget, which is no merit: there the question is
 * whether a static threshold, chosen with hindsight, could have served anything within the budget.
 */
export function goalsOf({ stream, order, rows }: Pick<StreamFigures, 'stream' | 'order' | 'rows'>): Goal[] {
  const product = rows.filter(({ guards, budget, thorough }) => guards && budget !== null && !thorough);
  return product.flatMap((row): Goal[] => {
    const name = `${stream}, ${order}, ${row.name}`;
    const budget = row.budget ?? 0;
    if (row.all.hits === 0) return [missedByServingNothing(name, rows, budget)];
    return [
      { name: `${name}: wrong per hit`, value: row.all.errorPerHit, wanted: budget, better: 'lower' },
      {
        name: `${name}: share of hits later, less that of static at equal error`,
        value: lead(rows, row),
        wanted: 0,
        better: 'higher',
      },
    ];
  });
}

const missedByServingNothing = (name: string, rows: readonly Measured[], budget: number): Goal => ({
  name: `${name}: serves nothing; share of hits later that static could have within the budget`,
  value: frontierAt(rows, budget),
  wanted: 0,
  better: 'lower',
});

/** By difference: a ratio to a rival without hits is infinite. */
const lead = (rows: readonly Measured[], { later }: Measured): number =>
  later.hits === 0 ? NaN : later.hitRate - frontierAt(rows, later.errorPerHit);
