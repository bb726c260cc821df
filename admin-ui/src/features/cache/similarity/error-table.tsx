import { formatCount, formatDecimal, formatShare } from '../../../format/number';
import { errorAt, type Evidence, type LookUps } from './what-if';

interface ErrorTableProps {
  readonly measure: LookUps['measure'];
  readonly evidence: readonly Evidence[];
  readonly threshold: number;
}

/** What labels of each class say about the threshold that is tried. */
export function ErrorTable({ measure, evidence, threshold }: ErrorTableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Error at this threshold">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Class</th>
            {['Labels from here on', 'Error per hit', 'With 95 %', 'Allowed', 'Measured of hits', 'Score in force'].map(
              (name) => (
                <th key={name} scope="col" className="end">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {evidence.map((each) => (
            <ErrorRow
              key={`${each.owner} ${each.evidence} ${each.judge} ${each.embedder}`}
              each={each}
              threshold={measure === 'score' ? threshold : null}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ErrorRow({ each, threshold }: { readonly each: Evidence; readonly threshold: number | null }) {
  const { owner, evidence, judge, maxErrorPerHit, threshold: inForce, measured } = each;
  const found = threshold === null ? null : errorAt(each, threshold); // labels are of scores
  return (
    <tr>
      <td className="foreign">
        {owner} · {evidence} <span className="soft">{judge}</span>
      </td>
      <td className="end">{found ? formatCount(found.labels) : threshold === null ? 'not known' : 'none'}</td>
      <td className={found && found.error > maxErrorPerHit ? 'end tone-bad' : 'end'}>{formatShare(found?.error)}</td>
      <td className="end">{found ? `${formatShare(found.low)} to ${formatShare(found.high)}` : '–'}</td>
      <td className="end">{formatShare(maxErrorPerHit)}</td>
      <td
        className="end"
        title={
          measured && measured.hits > measured.marked
            ? `${formatShare(measured.low)} to ${formatShare(measured.high)} with 95 %`
            : undefined
        }
      >
        {measured ? errorOf(measured) : 'none'}
      </td>
      <td className="end">{threshold === null ? '–' : inForce === null ? 'none proven' : formatDecimal(inForce)}</td>
    </tr>
  );
}

/** Where only wrong hits were told of, how many were right is not known. */
const errorOf = ({ error, hits, marked }: NonNullable<Evidence['measured']>): string =>
  hits === marked ? `${marked} marked bad` : `${formatShare(error)} of ${formatCount(hits)}`;
