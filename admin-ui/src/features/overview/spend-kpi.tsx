import { useQuery } from '@tanstack/react-query';
import { formatUsd } from '../../format/money';
import { formatShare } from '../../format/number';
import { useLiveInterval } from '../../state/live';
import { useTenantScope } from '../../state/tenant-scope';
import { Kpi } from './kpi';
import { spendQuery } from './overview.queries';
import { growth } from './traffic';

const LOOK_MS = 30_000;

/** What today has cost, against the same hours of yesterday: money is counted by whole hours, UTC. */
export function SpendKpi() {
  const { tenant } = useTenantScope();
  const { data } = useQuery({ ...spendQuery(tenant), refetchInterval: useLiveInterval(LOOK_MS) });
  const today = data?.today;
  const hitRate = today && today.ok > 0 ? today.cacheHits / today.ok : null;
  return (
    <Kpi
      name="Spend today"
      value={formatUsd(today?.costUsd)}
      growth={data ? growth(Number(data.today.costUsd), Number(data.before.costUsd)) : null}
      growthIs="bad"
      note={today ? `cache answered ${formatShare(hitRate)}, saved ${formatUsd(today.savedUsd)}` : ''}
      spark={(data?.points ?? []).map(({ costUsd }) => Number(costUsd))}
      color="var(--series-2)"
      to="/cost"
    />
  );
}
