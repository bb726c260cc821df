import type { Schemas } from '../../api/client';
import { Card } from '../../components/card';
import { StatusBadge } from '../../components/status-badge';
import { formatCount, formatDecimal, formatShare } from '../../format/number';

type Evidence = Schemas['CacheEvidence'];

/** What thresholds rest on: the error that was measured against the one that is allowed. */
export function EvidenceCard({ evidence }: { readonly evidence: readonly Evidence[] }) {
  return (
    <Card title="Measured error of semantic hits" hint="Labels of judges and of people; thresholds follow from them">
      {evidence.length === 0 ? (
        <p className="soft">Nothing was judged yet. The mode “verified” collects labels.</p>
      ) : null}
      {evidence.length > 0 ? (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Evidence">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col" className="end">
                  Labels
                </th>
                <th scope="col" className="end">
                  Threshold
                </th>
                <th scope="col" className="end">
                  Error
                </th>
                <th scope="col" className="end">
                  Allowed
                </th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {evidence.map((one) => (
                <tr key={`${one.owner} ${one.evidence} ${one.judge}`}>
                  <td className="foreign evidence-name">
                    {one.owner} · {one.evidence} <span className="soft">{one.judge}</span>
                  </td>
                  <td className="end">{formatCount(one.labels)}</td>
                  <td className="end" title={THRESHOLD_OF}>
                    {one.threshold === null ? 'none proven' : formatDecimal(one.threshold)}
                  </td>
                  <td className="end" title={interval(one)}>
                    {isMarkedOnly(one) ? '–' : formatShare(one.measured?.error)}
                  </td>
                  <td className="end">{formatShare(one.maxErrorPerHit)}</td>
                  <td>
                    <State evidence={one} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Card>
  );
}

/** Wrong hits alone were told of: how many were right is not known. */
const isMarkedOnly = ({ measured }: Evidence): boolean => measured !== null && measured.hits === measured.marked;

const THRESHOLD_OF =
  'Of the modes verified and shadow: without one they serve exact hits only. Static and validated go by the threshold of the policy';

function State({ evidence }: { readonly evidence: Evidence }) {
  const { drifted, measured, maxErrorPerHit } = evidence;
  if (drifted) return <StatusBadge tone="warn" label="drifted" />;
  if (measured && isMarkedOnly(evidence)) return <StatusBadge tone="warn" label={`${measured.marked} marked bad`} />;
  if (measured && measured.error > maxErrorPerHit) return <StatusBadge tone="bad" label="over budget" />;
  return <StatusBadge tone="good" label="within" />;
}

const interval = ({ measured }: Evidence): string =>
  measured === null || measured.hits === measured.marked
    ? 'not measured'
    : `${formatShare(measured.low)} to ${formatShare(measured.high)} over ${measured.hits} hits`;
