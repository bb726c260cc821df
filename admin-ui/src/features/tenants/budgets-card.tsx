import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useAllowed } from '../../auth/can';
import { BudgetBar } from '../../components/budget-bar';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { EmptyState } from '../../components/states';
import { StatusBadge } from '../../components/status-badge';
import { formatUsd } from '../../format/money';
import { formatShare } from '../../format/number';
import type { Schemas } from '../../api/client';
import { useScopedPath } from '../../state/scoped-path';
import { budgetsQuery } from './tenants.queries';

type Budget = Schemas['Budget'];

const TONES = { ok: 'good', warned: 'warn', exceeded: 'bad' } as const;
const PERIODS = { month: 'a month', day: 'a day' } as const;

/** What the tenant may spend, and has. Changed where costs are. */
export function BudgetsCard({ tenant }: { readonly tenant: string }) {
  const query = useQuery(budgetsQuery(tenant));
  const scoped = useScopedPath();
  const allowed = useAllowed('changeBudgets');
  const budgets = scoped(`/cost?${new URLSearchParams({ tab: 'budgets', tenant })}`);
  return (
    <Card
      title="Budgets"
      action={
        <span className="chips">
          <Link to={budgets}>All of them</Link>
          {allowed.disabled ? null : (
            <Button component={Link} to={`${budgets}&make=budget`} variant="light" size="compact-xs">
              New budget
            </Button>
          )}
        </span>
      }
    >
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="No budget" text="Nothing bounds what this tenant may spend." />
          ) : (
            <ul className="budget-list">
              {data.map((budget) => (
                <BudgetRow key={budget.id} budget={budget} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function BudgetRow({ budget }: { readonly budget: Budget }) {
  const { state, spentUsd, limitUsd, period, keyId, hard, source, forecastUsd, resetsAt } = budget;
  const share = Number(limitUsd) > 0 ? Number(spentUsd) / Number(limitUsd) : 1; // to be told, not to count with
  return (
    <li>
      <div className="budget-head">
        <span className="strong">
          {formatUsd(spentUsd)}{' '}
          <span className="soft">
            of {formatUsd(limitUsd)} {PERIODS[period]}
          </span>
        </span>
        <StatusBadge tone={TONES[state]} label={state} note={formatShare(share)} />
      </div>
      <BudgetBar budget={budget} />
      <p className="soft">
        {hard ? 'Requests beyond it are refused' : 'It only warns'}
        {keyId === null ? '' : `; of the key ${keyId}`}
        {forecastUsd === null ? '' : `; likely ${formatUsd(forecastUsd)} at the end`}; begins anew{' '}
        <RelativeTime at={resetsAt} />
        {source === 'config' ? '; written in relay.yaml' : ''}.
      </p>
    </li>
  );
}
