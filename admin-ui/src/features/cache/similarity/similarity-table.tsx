import { formatUsd } from '../../../format/money';
import { formatCount } from '../../../format/number';
import type { LookUps } from './what-if';

/** The chart as numbers, nearest first. */
export function SimilarityTable({ bins }: Pick<LookUps, 'bins'>) {
  return (
    <div
      className="table-scroll similarity-table"
      tabIndex={0}
      role="region"
      aria-label="Look-ups by how alike they were"
    >
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">From</th>
            {['Look-ups', 'Served', 'Saved', 'Cost of the others'].map((name) => (
              <th key={name} scope="col" className="end">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.toReversed().map(({ from, lookUps, served, savedUsd, costUsd }) => (
            <tr key={from}>
              <td className="mono">{from.toFixed(2)}</td>
              <td className="end">{formatCount(lookUps)}</td>
              <td className="end">{formatCount(served)}</td>
              <td className="end">{formatUsd(savedUsd)}</td>
              <td className="end">{formatUsd(costUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
