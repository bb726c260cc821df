import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Card } from '../../components/card';
import { Money } from '../../components/money';
import { QueryView } from '../../components/query-view';
import { ClockTime } from '../../components/relative-time';
import { formatDuration } from '../../format/duration';
import { useScopedPath } from '../../state/scoped-path';
import { useLiveInterval } from '../../state/live';
import { useTenantScope } from '../../state/tenant-scope';
import { useTimeRange } from '../../state/time-range';
import { slowestQuery } from './overview.queries';

/** How often it is looked at while live, in ms. */
const LOOK_MS = 10_000;

/** Where the time goes: the requests that took longest. */
export function SlowestCard() {
  const { range } = useTimeRange();
  const { tenant } = useTenantScope();
  const query = useQuery({ ...slowestQuery(range, tenant), refetchInterval: useLiveInterval(LOOK_MS) });
  const scoped = useScopedPath();
  return (
    <Card title="Slowest requests" action={<Link to={scoped('/traces?sort=slowest')}>All of them</Link>}>
      <QueryView query={query}>
        {({ data }) => (
          <div className="table-scroll" tabIndex={0} role="region" aria-label="Slowest requests">
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">Time</th>
                  <th scope="col">Tenant</th>
                  <th scope="col">Asked → served</th>
                  <th scope="col" className="end">
                    Waited
                  </th>
                  <th scope="col" className="end">
                    Duration
                  </th>
                  <th scope="col" className="end">
                    Cost
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.map((row) => (
                  <tr key={row.id}>
                    <td>
                      <Link to={scoped(`/traces/${encodeURIComponent(row.id)}`)}>
                        <ClockTime at={row.at} />
                      </Link>
                    </td>
                    <td className="foreign">{row.tenant ?? '–'}</td>
                    <td className="foreign">
                      {row.model ?? '–'} <span className="soft">→</span> {row.servedModel ?? '–'}
                    </td>
                    <td className="end">{formatDuration(row.queueMs)}</td>
                    <td className="end">{formatDuration(row.totalMs)}</td>
                    <td className="end">
                      <Money usd={row.costUsd} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </QueryView>
    </Card>
  );
}
