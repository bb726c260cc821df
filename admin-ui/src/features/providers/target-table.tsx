import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { BreakerBadge } from '../../components/breaker-badge';
import { RelativeTime } from '../../components/relative-time';
import { formatDuration } from '../../format/duration';
import { formatCount, formatShare } from '../../format/number';
import { useScopedPath } from '../../state/scoped-path';
import { OverrideMenu } from './override-menu';
import { OverrideBadge } from './override-note';
import { isOverridden } from './provider-state';

interface TargetTableProps {
  readonly provider: string;
  readonly targets: readonly Schemas['Target'][];
  readonly onProbe: (target: string) => void;
}

export function TargetTable({ provider, targets, onProbe }: TargetTableProps) {
  const scoped = useScopedPath();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Models of ${provider}`}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Model there</th>
            <th scope="col">Serves</th>
            <th scope="col">Breaker</th>
            <th scope="col" className="end">
              TTFT p50
            </th>
            <th scope="col" className="end">
              p95
            </th>
            <th scope="col" className="end">
              Per token p50
            </th>
            <th scope="col" className="end">
              Errors
            </th>
            <th scope="col" className="end">
              Samples
            </th>
            <th scope="col">Last error</th>
            <th scope="col" aria-label="Actions" />
          </tr>
        </thead>
        <tbody>
          {targets.map((target) => (
            <tr key={target.upstreamModel}>
              <td className="foreign">
                <Link to={scoped(`/traces?${new URLSearchParams({ provider })}`)}>{target.upstreamModel}</Link>
              </td>
              <td className="soft foreign">{target.models.join(', ')}</td>
              <td>
                <BreakerBadge state={target.breaker} reason={target.reason} />
                {target.override === null ? null : (
                  <div>
                    <OverrideBadge override={target.override} />
                  </div>
                )}
                {target.reason === null || isOverridden(target) ? null : (
                  <div className="soft foreign">{target.reason}</div>
                )}
                {target.openUntil === null || isOverridden(target) ? null : (
                  <div className="soft">
                    next try <RelativeTime at={target.openUntil} />
                  </div>
                )}
              </td>
              <td className="end">{formatDuration(target.ttftP50Ms)}</td>
              <td className="end">{formatDuration(target.ttftP95Ms)}</td>
              <td className="end">{formatDuration(target.tpotP50Ms)}</td>
              <td className={target.errorRate ? 'end tone-bad' : 'end'}>{formatShare(target.errorRate)}</td>
              <td className="end">{formatCount(target.samples)}</td>
              <td>
                {target.lastError === null ? (
                  <span className="soft">none</span>
                ) : (
                  <span className="foreign" title={target.lastError.message}>
                    {target.lastError.code} {target.lastError.upstreamStatus ?? ''}{' '}
                    <span className="soft">
                      <RelativeTime at={target.lastError.at} />
                    </span>
                  </span>
                )}
              </td>
              <td>
                <OverrideMenu
                  provider={provider}
                  target={target.upstreamModel}
                  override={target.override}
                  onProbe={() => onProbe(target.upstreamModel)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
