import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { EmptyState } from '../../components/states';
import { formatCount } from '../../format/number';
import { formatUtc } from '../../format/time';
import { capacityQuery, type CapacityReport } from './capacity.queries';
import { METRICS, useCapacityView } from './capacity-view';
import { ForecastsCard } from './forecasts-card';
import { PoolCard } from './pool-card';
import { RatesCard } from './rates-card';

export function ReportTab() {
  const { view } = useCapacityView();
  const report = useQuery({ ...capacityQuery(view), placeholderData: keepPreviousData });
  return <QueryView query={report}>{(data) => <Report report={data} />}</QueryView>;
}

const countedUntil = ({ to }: CapacityReport): string =>
  `Nothing was sent to a provider before ${formatUtc(to)}. Requests since then count from the next full hour on.`;

function Report({ report }: { readonly report: CapacityReport }) {
  const { metric, change } = useCapacityView();
  const { pools, trendDays, targetWaitMs } = report;
  const busy = pools.filter(({ requests }) => requests > 0);
  const idle = pools.filter(({ requests }) => requests === 0);
  return (
    <>
      <div className="capacity-grid">
        <ForecastsCard forecasts={report.forecasts} trendDays={trendDays} />
        <RatesCard rates={report.rates} disk={report.disk} />
      </div>
      <div className="capacity-tools">
        <h2>Pools, hour by hour</h2>
        <SegmentedControl
          size="xs"
          aria-label="Figure of the hours"
          data={[...METRICS]}
          value={metric}
          onChange={(show) => change({ show: show === 'busy' ? null : show })}
        />
      </div>
      {busy.length === 0 ? (
        <Card title="Pools">
          <EmptyState title="No requests held a slot" text={report.note ?? countedUntil(report)} />
        </Card>
      ) : null}
      <div className="capacity-pools">
        {busy.map((pool) => (
          <PoolCard key={pool.id} pool={pool} metric={metric} targetWaitMs={targetWaitMs} />
        ))}
      </div>
      {idle.length > 0 ? (
        <p className="soft foreign">
          Without requests up to {formatUtc(report.to)}:{' '}
          {idle.map(({ id, slots }) => `${id} (${formatCount(slots)} slots)`).join(', ')}
        </p>
      ) : null}
    </>
  );
}
