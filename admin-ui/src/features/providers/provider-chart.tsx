import { useQuery } from '@tanstack/react-query';
import { ChartCard } from '../../components/time-chart/chart-card';
import { QueryView } from '../../components/query-view';
import { EmptyState } from '../../components/states';
import { formatCompact } from '../../format/number';
import { minutesQuery } from './providers.queries';

const MINUTE_MS = 60_000;

/** Requests that it was called for and errors of the last hour, by the minute. */
export function ProviderChart({ provider }: { readonly provider: string }) {
  return (
    <QueryView query={useQuery(minutesQuery)}>
      {({ series }) => {
        const points = series.find(({ key }) => key === provider)?.points ?? [];
        if (points.length === 0)
          return <EmptyState title="Nothing went there in the last hour" text="Its requests are drawn here." />;
        return (
          <ChartCard
            label="Requests a minute"
            times={points.map(({ at }) => Date.parse(at))}
            intervalMs={MINUTE_MS}
            height={130}
            format={formatCompact}
            series={[
              {
                id: 'ok',
                label: 'answered',
                color: 'var(--series-1)',
                kind: 'bar',
                values: points.map(({ requests, cacheHits, errors }) => requests - cacheHits - errors),
              },
              {
                id: 'errors',
                label: 'errors',
                color: 'var(--series-bad)',
                kind: 'bar',
                values: points.map(({ errors }) => errors),
              },
            ]}
          />
        );
      }}
    </QueryView>
  );
}
