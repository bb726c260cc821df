import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { budgetsQuery, type Budget } from '../../../api/queries/budgets.queries';
import { useAllowed } from '../../../auth/can';
import { EmptyState, ErrorState, FilteredEmptyState, SkeletonLines } from '../../../components/states';
import { formatCount } from '../../../format/number';
import { useLiveInterval } from '../../../state/live';
import { useTenantScope } from '../../../state/tenant-scope';
import { useUrlParam } from '../../../state/url-state';
import { BudgetCard } from './budget-card';
import { BudgetDialog } from './budget-dialog';
import { byUse, STATES } from './budget-order';
import { refusedFor } from './refused';
import { refusedQuery } from '../cost.queries';

/** How often budgets are looked at while live, in ms. */
const LOOK_MS = 10_000;

/** All budgets, those that are nearest to their end first. */
export function BudgetsTab() {
  const { tenant } = useTenantScope();
  const [named, setState] = useUrlParam('state');
  const [creating, setCreating] = useState(false);
  const allowed = useAllowed('changeBudgets');
  const query = useInfiniteQuery({ ...budgetsQuery(tenant), refetchInterval: useLiveInterval(LOOK_MS) });
  const refused = useQuery({ ...refusedQuery(tenant), refetchInterval: useLiveInterval(LOOK_MS) }).data ?? [];
  const state = STATES.find(({ value }) => value === named)?.value ?? 'all';
  const all = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const shown = all.filter((budget) => state === 'all' || budget.state === state).sort(byUse);
  const create = (
    <Button size="xs" leftSection={<IconPlus size={15} />} {...allowed} onClick={() => setCreating(true)}>
      New budget
    </Button>
  );
  return (
    <>
      <div className="cost-tools">
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={STATES.map(({ value, label }) => ({ value, label: `${label} ${countOf(all, value)}` }))}
          value={state}
          onChange={(next) => setState(next === 'all' ? null : next)}
        />
        <span className="cost-tools-end">{create}</span>
      </div>
      {query.isError && !query.data ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonLines lines={8} /> : null}
      {query.isSuccess && all.length === 0 ? (
        <EmptyState title="No budgets" text="A budget stops, or warns, when a tenant or a key has spent so much." />
      ) : null}
      {all.length > 0 && shown.length === 0 ? (
        <FilteredEmptyState title="No budget is in this state" onClear={() => setState(null)} />
      ) : null}
      <ul className="budget-list" aria-label="Budgets">
        {shown.map((budget) => (
          <BudgetCard key={budget.id} budget={budget} refused={refusedFor(budget, all, refused)} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button
          variant="default"
          size="xs"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          More budgets
        </Button>
      ) : null}
      {creating ? <BudgetDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}

const countOf = (budgets: readonly Budget[], state: string): string =>
  formatCount(state === 'all' ? budgets.length : budgets.filter((budget) => budget.state === state).length);
