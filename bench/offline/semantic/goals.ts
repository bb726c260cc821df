import type { Goal } from '../offline-scenario';
import { frontierAt } from './frontier';
import type { Measured, StreamFigures } from './measure-stream';

/** Of the modes that keep a budget, as the product serves them. What serves nothing keeps every budget: that is no figure at all (NaN). */
export function goalsOf({ stream, order, rows }: Pick<StreamFigures, 'stream' | 'order' | 'rows'>): Goal[] {
  const product = rows.filter(({ guards, budget, thorough }) => guards && budget !== null && !thorough);
  return product.flatMap((row): Goal[] => {
    const name = `${stream}, ${order}, ${row.name}`;
    const error = row.all.hits === 0 ? NaN : row.all.errorPerHit;
    return [
      { name: `${name}: wrong per hit`, value: error, wanted: row.budget ?? 0, better: 'lower' },
      {
        name: `${name}: share of hits later, less that of static at equal error`,
        value: lead(rows, row),
        wanted: 0,
        better: 'higher',
      },
    ];
  });
}

/** By difference: a ratio to a rival without hits is infinite. */
const lead = (rows: readonly Measured[], { later }: Measured): number =>
  later.hits === 0 ? NaN : later.hitRate - frontierAt(rows, later);
