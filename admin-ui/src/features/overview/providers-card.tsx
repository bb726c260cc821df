import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { providersQuery } from '../../api/queries/relay.queries';
import { Can } from '../../auth/can';
import { BreakerBadge } from '../../components/breaker-badge';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { formatDuration } from '../../format/duration';
import { formatShare } from '../../format/number';
import { useScopedPath } from '../../state/scoped-path';

export function ProvidersCard() {
  return (
    <Can do="seeRelay">
      <Content />
    </Can>
  );
}

function Content() {
  const query = useQuery(providersQuery);
  const scoped = useScopedPath();
  return (
    <Card title="Providers" action={<Link to={scoped('/providers')}>All providers</Link>}>
      <QueryView query={query}>
        {({ data }) => (
          <div className="table-scroll" tabIndex={0} role="region" aria-label="Providers">
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">Provider</th>
                  <th scope="col">Model</th>
                  <th scope="col">Breaker</th>
                  <th scope="col" className="end">
                    TTFT p50
                  </th>
                  <th scope="col" className="end">
                    TTFT p95
                  </th>
                  <th scope="col" className="end">
                    Errors
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.flatMap(({ id, targets }) =>
                  targets.map((target) => (
                    <tr key={`${id} ${target.upstreamModel}`}>
                      <td className="foreign">{id}</td>
                      <td className="foreign">{target.upstreamModel}</td>
                      <td>
                        <BreakerBadge state={target.breaker} reason={target.reason} />
                      </td>
                      <td className="end">{formatDuration(target.ttftP50Ms)}</td>
                      <td className="end">{formatDuration(target.ttftP95Ms)}</td>
                      <td className={target.errorRate ? 'end tone-bad' : 'end'}>{formatShare(target.errorRate)}</td>
                    </tr>
                  )),
                )}
              </tbody>
            </table>
          </div>
        )}
      </QueryView>
    </Card>
  );
}
