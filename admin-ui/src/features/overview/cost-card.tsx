import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { ChartCard } from '../../components/time-chart/chart-card';
import { barsOf } from '../../components/time-chart/series-colors';
import { formatUsd, sumUsd } from '../../format/money';
import { useLiveInterval } from '../../state/live';
import { useTenantScope } from '../../state/tenant-scope';
import { costQuery } from './overview.queries';

const HOUR_MS = 3_600_000;
/** How often money is looked at while live, in ms. */
const LOOK_MS = 60_000;

/** Spending by tenant, hour by hour. */
export function CostCard() {
  const { tenant } = useTenantScope();
  const query = useQuery({ ...costQuery(tenant), refetchInterval: useLiveInterval(LOOK_MS) });
  if (!query.data)
    return (
      <Card title="Cost per tenant">
        <QueryView query={query}>{() => null}</QueryView>
      </Card>
    );
  const { series } = query.data;
  const total = sumUsd(series.flatMap(({ points }) => points.map(({ costUsd }) => costUsd)));
  return (
    <ChartCard
      label="Cost per tenant"
      hint={`USD per hour, last 24 h: ${formatUsd(total)} in all`}
      times={(series[0]?.points ?? []).map(({ at }) => Date.parse(at))}
      intervalMs={HOUR_MS}
      series={seriesOf(series)}
      format={(usd) => formatUsd(usd.toFixed(12))}
      height={180}
    />
  );
}

/** Heights of bars may be floats; what is summed and told is not. */
const seriesOf = (series: Schemas['UsageSeries']['series']) =>
  barsOf(
    series.map(({ key, points }) => ({
      key,
      label: key ?? 'no tenant',
      values: points.map(({ costUsd }) => Number(costUsd)),
    })),
  );
