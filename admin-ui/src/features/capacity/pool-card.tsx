import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { formatDuration } from '../../format/duration';
import { formatCount, formatDecimal, formatShare } from '../../format/number';
import type { Metric } from './capacity-view';
import type { Pool } from './capacity.queries';
import { nameOfHour } from './week';
import { WeekMap } from './week-map';

interface PoolCardProps {
  readonly pool: Pool;
  readonly metric: Metric;
  readonly targetWaitMs: number;
}

/** The slots of a provider: its busiest hour in figures, and all hours of the week. */
export function PoolCard({ pool, metric, targetWaitMs }: PoolCardProps) {
  const { id, slots, requests, busiest } = pool;
  return (
    <Card
      title={id}
      hint={`${formatCount(slots)} slots · ${formatCount(requests)} requests${busiest ? ` · busiest ${nameOfHour(busiest)}` : ''}`}
    >
      {busiest ? (
        <Facts
          facts={[
            { name: 'Busy', value: formatShare(busiest.utilisation) },
            { name: 'Requests', value: `${formatDecimal(busiest.requestsPerSecond)}/s` },
            { name: 'Headroom', value: `${formatDecimal(busiest.headroomPerSecond)}/s` },
            { name: 'A slot is held', value: formatDuration(busiest.serviceMs) },
            { name: 'Wait P90', value: formatDuration(busiest.measuredWaitMs.p90) },
            { name: 'Predicted', value: formatWait(busiest.predictedWaitMs.p90) },
          ]}
        />
      ) : null}
      <WeekMap pool={pool} metric={metric} targetWaitMs={targetWaitMs} />
    </Card>
  );
}

/** Predictions come as fractions that mean nothing below a ms; null is a line that grows without end. */
export const formatWait = (ms: number | null): string => (ms === null ? 'no end' : formatDuration(Math.round(ms)));
