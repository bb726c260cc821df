import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChartCard } from '../../components/time-chart/chart-card';
import { formatUsd, sumUsd } from '../../format/money';
import { formatCompact } from '../../format/number';
import { utcTick } from '../../format/utc-tick';
import { useLiveInterval } from '../../state/live';
import { useTenantScope } from '../../state/tenant-scope';
import { useTimeRange } from '../../state/time-range';
import { hitsQuery } from './cache.queries';
import { hitSeries, INTERVAL_MS } from './hit-series';

const LOOK_MS = 30_000;

export function HitsChart() {
  const { range, setFixed } = useTimeRange();
  const { tenant } = useTenantScope();
  const refetchInterval = useLiveInterval(LOOK_MS);
  const { data } = useQuery({ ...hitsQuery(range, tenant), refetchInterval, placeholderData: keepPreviousData });
  const points = data?.series[0]?.points ?? [];
  if (!data || points.length === 0) return null;
  return (
    <div className="cache-facts">
      <ChartCard
        label="Requests and hits"
        hint={`${formatUsd(sumUsd(points.map(({ savedUsd }) => savedUsd)))} saved; by the ${data.interval}`}
        times={points.map(({ at }) => Date.parse(at))}
        intervalMs={INTERVAL_MS[data.interval]}
        series={hitSeries(points)}
        format={formatCompact}
        {...(data.interval === 'minute' ? {} : { tick: utcTick(data.interval) })}
        onBrush={setFixed}
      />
    </div>
  );
}
