import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Schemas } from '../../../api/client';
import { forecastQuery } from '../../../api/queries/budgets.queries';
import { Card } from '../../../components/card';
import { QueryView } from '../../../components/query-view';
import { ChartLegend } from '../../../components/time-chart/chart-legend';
import { ChartTable } from '../../../components/time-chart/chart-table';
import { TimeChart } from '../../../components/time-chart/time-chart';
import { sumUsd } from '../../../format/money';
import { fixedRange } from '../../../state/time-range';
import { useUrlState } from '../../../state/url-state';
import { seriesQuery } from '../cost.queries';
import { labelOf } from '../cost-groups';
import { type CostView } from '../cost-view';
import { INTERVAL_MS } from '../period';
import { formatQuotient } from './cost-rows';
import { costSeries, daysToCome, forecastLines, timesOf } from './cost-series';
import { utcTick } from '../../../format/utc-tick';

const HEIGHT_PX = 230;
const SHAPES = [
  { value: 'stacked', label: 'Stacked' },
  { value: 'cumulative', label: 'Cumulative' },
  { value: 'table', label: 'Table' },
];

/** What was spent over time; as a running sum it goes on to what the month will come to. */
export function CostChart({ view }: { readonly view: CostView }) {
  const [params, change] = useUrlState();
  const shape = SHAPES.find(({ value }) => value === params.get('chart'))?.value ?? 'stacked';
  const series = useQuery({ ...seriesQuery(view), placeholderData: keepPreviousData });
  return (
    <Card
      title={`Spend by ${labelOf(view.groupBy).toLowerCase()}`}
      hint={view.period.name}
      action={
        <SegmentedControl
          size="xs"
          aria-label="Chart"
          data={SHAPES}
          value={shape}
          onChange={(next) => change({ chart: next === 'stacked' ? null : next })}
        />
      }
    >
      <QueryView query={series}>{(data) => <Content view={view} usage={data} shape={shape} />}</QueryView>
    </Card>
  );
}

interface ContentProps {
  readonly view: CostView;
  readonly usage: Schemas['UsageSeries'];
  readonly shape: string;
}

function Content({ view, usage, shape }: ContentProps) {
  const [, change] = useUrlState();
  const toCome = useForecast(view, usage, shape);
  const bars = useMemo(() => costSeries(usage, view.groupBy, shape === 'cumulative'), [usage, view.groupBy, shape]);
  const known = timesOf(usage);
  if (known.length === 0) return <p className="soft">Nothing was spent in this period.</p>;
  const interval = usage.interval === 'hour' ? 'hour' : 'day';
  const chart = {
    label: 'Spend',
    times: [...known, ...toCome.days],
    series: [
      ...bars.map((one) => ({ ...one, values: [...one.values, ...toCome.days.map(() => null)] })),
      ...toCome.lines,
    ],
    format: formatQuotient,
    tick: utcTick(interval),
  };
  if (shape === 'table') return <ChartTable {...chart} />;
  return (
    <>
      <ChartLegend series={chart.series} />
      <TimeChart
        {...chart}
        intervalMs={INTERVAL_MS[interval]}
        height={HEIGHT_PX}
        onBrush={(bounds) => change({ period: 'range', ...fixedRange(bounds) }, 'push')}
      />
    </>
  );
}

/** Only the running sum of this month by days goes on, and only of all that a tenant, or everybody, spends. */
function useForecast({ filters, period }: CostView, usage: Schemas['UsageSeries'], shape: string) {
  const narrowed = Object.keys(filters).some((name) => name !== 'tenant');
  const enabled = shape === 'cumulative' && period.id === 'month' && usage.interval === 'day' && !narrowed;
  const projected = useQuery({ ...forecastQuery(filters.tenant ?? null), enabled }).data?.projected;
  if (!enabled || !projected) return { days: [], lines: [] };
  const days = daysToCome(period);
  const spent = Number(sumUsd(usage.series.flatMap(({ points }) => points.map(({ costUsd }) => costUsd))));
  return { days, lines: forecastLines(spent, projected, timesOf(usage).length, days.length) };
}
