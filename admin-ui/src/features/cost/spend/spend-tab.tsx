import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { QueryView } from '../../../components/query-view';
import { useLiveInterval } from '../../../state/live';
import { usageQuery } from '../cost.queries';
import { useCostView, type CostView } from '../cost-view';
import { CostChart } from './cost-chart';
import { CostControls } from './cost-controls';
import { CostFacts } from './cost-facts';
import { CostTable } from './cost-table';

/** How often money is looked at while live, in ms. */
const LOOK_MS = 30_000;

export function SpendTab() {
  const { view, change } = useCostView();
  const refetchInterval = useLiveInterval(LOOK_MS);
  const usage = useQuery({
    ...usageQuery(view, view.period),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const before = useQuery({ ...usageQuery(view, view.period.before), placeholderData: keepPreviousData }).data;
  return (
    <>
      <CostControls view={view} onChange={change} />
      <QueryView query={usage}>
        {(shown) => {
          const earlier = before && sameGroups(before.view, shown.view) ? before.usage : undefined;
          return (
            <>
              <CostFacts view={shown.view} usage={shown.usage} before={earlier} />
              <CostChart view={view} />
              <CostTable view={shown.view} usage={shown.usage} before={earlier} onChange={change} />
            </>
          );
        }}
      </QueryView>
    </>
  );
}

const sameGroups = (one: CostView, other: CostView): boolean =>
  one.groupBy === other.groupBy && JSON.stringify(one.filters) === JSON.stringify(other.filters);
