import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { QueryView } from '../../components/query-view';
import { formatDuration } from '../../format/duration';
import { formatCount } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { useScopedPath } from '../../state/scoped-path';
import { LATELY_MS, latelyQuery, waitsQuery } from './queues.queries';

const LOOK_MS = 10_000;
const MINUTES = LATELY_MS / 60_000;

/** What waiting cost of late: how long, how much was given up, who was told to come back. */
export function PressureCard() {
  const refetchInterval = useLiveInterval(LOOK_MS);
  const waits = useQuery({ ...waitsQuery, refetchInterval });
  const lately = useQuery({ ...latelyQuery, refetchInterval });
  const scoped = useScopedPath();
  const to = (query: Record<string, string>) => scoped(`/traces?${new URLSearchParams({ range: '15m', ...query })}`);
  const sum = (facet: readonly { readonly count: number }[]): number =>
    facet.reduce((all, { count }) => all + count, 0);
  return (
    <Card title="Pressure" hint={`In the last ${MINUTES} min`}>
      <QueryView query={lately}>
        {({ served, degraded, refused }) => {
          const waited = (queue: 'short' | 'long'): string => {
            const wait = waits.data?.find(({ key }) => key === queue)?.wait;
            return `${formatDuration(wait?.p50Ms)} / ${formatDuration(wait?.p95Ms)}`;
          };
          const done = served.reduce((all, { ok }) => all + ok, 0);
          return (
            <Facts
              facts={[
                { name: 'Short, wait P50 / P95', value: waited('short') },
                { name: 'Long, wait P50 / P95', value: waited('long') },
                { name: 'Served a minute', value: formatCount(Math.round(done / MINUTES)) },
                {
                  name: 'Degraded',
                  value: <Link to={to({ degraded: 'true' })}>{formatCount(sum(degraded.status))}</Link>,
                },
                {
                  name: 'Refused for lack of capacity',
                  value: <Link to={to({ errorCode: 'overloaded' })}>{formatCount(sum(refused.status))}</Link>,
                },
              ]}
            />
          );
        }}
      </QueryView>
    </Card>
  );
}
