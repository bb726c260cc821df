import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { budgetsQuery } from '../../api/queries/budgets.queries';
import { BudgetBar } from '../../components/budget-bar';
import { Card } from '../../components/card';
import { ErrorState, SkeletonLines } from '../../components/states';
import { formatUsd } from '../../format/money';
import { useScopedPath } from '../../state/scoped-path';
import { useLiveInterval } from '../../state/live';
import { useTenantScope } from '../../state/tenant-scope';

const SHOWN = 5;
/** How often money is looked at while live, in ms. */
const LOOK_MS = 60_000;

/** The budgets that are nearest to their end. */
export function BudgetsCard() {
  const { tenant } = useTenantScope();
  const scoped = useScopedPath();
  const query = useInfiniteQuery({ ...budgetsQuery(tenant), refetchInterval: useLiveInterval(LOOK_MS) });
  const used = (query.data?.pages.flatMap(({ data }) => data) ?? [])
    .map((budget) => ({ budget, share: Number(budget.spentUsd) / Number(budget.limitUsd) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, SHOWN);
  return (
    <Card
      title="Budgets"
      hint="The mark is what the month will come to"
      action={<Link to={scoped('/cost?tab=budgets')}>All budgets</Link>}
    >
      {query.isPending ? <SkeletonLines lines={4} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && used.length === 0 ? <p className="soft">No budget is set.</p> : null}
      <ul className="overview-budgets">
        {used.map(({ budget }) => (
          <li key={budget.id}>
            <p>
              <span>
                <b className="foreign">{budget.tenant}</b>{' '}
                <span className="soft">
                  {budget.keyId === null ? '' : 'one key, '}a {budget.period}
                </span>
              </span>
              <span className="numeric">
                {formatUsd(budget.spentUsd)} / {formatUsd(budget.limitUsd)}
              </span>
            </p>
            <BudgetBar budget={budget} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
