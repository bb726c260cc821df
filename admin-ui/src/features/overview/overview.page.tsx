import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { SharedCursor } from '../../components/time-chart/chart-cursor';
import { ChartCard } from '../../components/time-chart/chart-card';
import { formatDuration } from '../../format/duration';
import { formatCompact, formatCount, formatDecimal, formatShare } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { useScopedPath } from '../../state/scoped-path';
import { useTenantScope } from '../../state/tenant-scope';
import { RANGES, useTimeRange, type Bounds } from '../../state/time-range';
import { CostCard } from './cost-card';
import { Incidents } from './incidents';
import { Kpi } from './kpi';
import { ProvidersCard } from './providers-card';
import { RecentChanges } from './recent-changes';
import { SlowestCard } from './slowest-card';
import { SpendKpi } from './spend-kpi';
import { BudgetsCard } from './budgets-card';
import { useReleaseMarks } from './release-marks';
import { trafficQuery } from './overview.queries';
import { growth, latencySeries, requestSeries, timesOf, totalsOf } from './traffic';
import type { Schemas } from '../../api/client';
import './kpi.css';

/** How often the overview looks while live, in ms. */
const LOOK_MS = 10_000;

export default function OverviewPage() {
  const { range } = useTimeRange();
  const { tenant } = useTenantScope();
  const refetchInterval = useLiveInterval(LOOK_MS);
  const traffic = useQuery({ ...trafficQuery(range, tenant), refetchInterval, placeholderData: keepPreviousData });
  const when = range.kind === 'moving' ? RANGES[range.name].label.toLowerCase() : 'the window that was cut out';
  return (
    <Page title="Overview" hint={`${tenant ?? 'All tenants'} · ${when}, compared with the same time before`}>
      <Incidents />
      <QueryView query={traffic}>
        {({ now, before }) => (
          <>
            <Kpis now={now} before={before} />
            <TrafficCharts now={now} />
          </>
        )}
      </QueryView>
      <div className="overview-grid">
        <ProvidersCard />
        <CostCard />
      </div>
      <div className="overview-grid">
        <SlowestCard />
        <div className="overview-stack">
          <BudgetsCard />
          <RecentChanges />
        </div>
      </div>
    </Page>
  );
}

function Kpis({
  now,
  before,
}: {
  readonly now: Schemas['TraceHistogram'];
  readonly before: Schemas['TraceHistogram'];
}) {
  const [current, last] = [totalsOf(now), totalsOf(before)];
  return (
    <div className="kpis">
      <Kpi
        name="Requests"
        value={formatDecimal(current.perSecond)}
        unit="req/s"
        growth={growth(current.requests, last.requests)}
        note={`${formatCount(current.requests)} in all`}
        spark={now.data.map(({ ok, error, rejected, aborted }) => ok + error + rejected + aborted)}
        to="/traces"
      />
      <Kpi
        name="Latency p95"
        value={formatDuration(now.total?.latency.p95Ms)}
        growth={growth(now.total?.latency.p95Ms ?? null, before.total?.latency.p95Ms ?? null)}
        growthIs="bad"
        note={latencyNote(now)}
        spark={now.data.map(({ p95Ms }) => p95Ms)}
        color="var(--series-3)"
        to="/traces?sort=slowest"
      />
      <Kpi
        name="Error rate"
        value={formatShare(current.errorRate)}
        growth={growth(current.errorRate, last.errorRate)}
        growthIs="bad"
        note={`${formatCount(current.errors)} failed${
          current.recovered === null ? '' : ` · failover recovered ${formatShare(current.recovered)}`
        }`}
        spark={now.data.map(({ error }) => error)}
        color="var(--series-bad)"
        to="/traces?status=error"
      />
      <SpendKpi />
    </div>
  );
}

/** Of what was answered in the window; the relay's own part of the newest. */
function latencyNote({ total, newest }: Schemas['TraceHistogram']): string {
  const parts = [
    ['p99', total?.latency.p99Ms],
    ['TTFT p95', total?.ttft.p95Ms],
    ['overhead p95', newest?.overhead.p95Ms],
  ] as const;
  return parts.map(([name, ms]) => `${name} ${formatDuration(ms)}`).join(' · ');
}

function TrafficCharts({ now }: { readonly now: Schemas['TraceHistogram'] }) {
  const navigate = useNavigate();
  const scoped = useScopedPath();
  const show = ({ from, to }: Bounds): void => {
    const window = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    void navigate(scoped(`/traces?${window}`));
  };
  const common = { times: timesOf(now), intervalMs: now.bucketMs, onBrush: show, marks: useReleaseMarks() };
  return (
    <SharedCursor>
      <div className="overview-grid">
        <ChartCard
          {...common}
          label="Requests"
          hint="Drag across a chart to open those traces"
          series={requestSeries(now)}
          format={formatCompact}
          height={180}
        />
        <ChartCard
          {...common}
          label="Latency"
          hint="Whole time of a request"
          series={latencySeries(now)}
          format={formatDuration}
          height={180}
        />
      </div>
    </SharedCursor>
  );
}
