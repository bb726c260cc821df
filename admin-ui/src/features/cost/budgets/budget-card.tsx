import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Budget } from '../../../api/queries/budgets.queries';
import { useAllowed } from '../../../auth/can';
import { BudgetBar } from '../../../components/budget-bar';
import { Money } from '../../../components/money';
import { RelativeTime } from '../../../components/relative-time';
import { StatusBadge } from '../../../components/status-badge';
import { compareUsd, formatUsd } from '../../../format/money';
import { formatCount, formatShare } from '../../../format/number';
import { useScopedPath } from '../../../state/scoped-path';
import { BudgetDialog } from './budget-dialog';
import { DeleteBudgetDialog } from './delete-budget-dialog';
import { usedShare, writeThresholds } from './budget-order';

const REFUSING = { tone: 'bad', label: 'refusing' } as const;
const BADGES = {
  ok: { tone: 'good', label: 'within' },
  warned: { tone: 'warn', label: 'warned' },
  exceeded: { tone: 'bad', label: 'used up' },
} as const;

interface BudgetCardProps {
  readonly budget: Budget;
  readonly refused: number; // requests of its tenant, for want of money, lately
}

export function BudgetCard({ budget, refused }: BudgetCardProps) {
  const scoped = useScopedPath();
  const { tenant, keyId, period, limitUsd, spentUsd, heldUsd, resetsAt, state, hard, forecastUsd } = budget;
  return (
    <li className="budget-card" aria-label={`${tenant}, ${period}`}>
      <header>
        <span>
          <b className="foreign">{tenant}</b>{' '}
          <span className="soft">
            {keyId === null ? null : <span className="mono foreign">{keyId} · </span>}a {period} ·{' '}
            {hard ? 'stops' : 'only warns'}
          </span>
        </span>
        <StatusBadge {...(hard && state !== 'exceeded' && refused > 0 ? REFUSING : BADGES[state])} />
      </header>
      <p className="budget-figures">
        <Money usd={spentUsd} /> <span className="soft">of {formatUsd(limitUsd)}</span>{' '}
        <span className="soft">{formatShare(usedShare(budget))}</span>
      </p>
      <BudgetBar budget={budget} />
      <p className="soft">
        {forecastUsd === null ? null : (
          <span className={compareUsd(forecastUsd, limitUsd) > 0 ? 'tone-bad' : undefined}>
            {formatUsd(forecastUsd)} expected ·{' '}
          </span>
        )}
        {heldUsd === null || heldUsd === '0' ? null : <>{formatUsd(heldUsd)} set aside · </>}
        renews <RelativeTime at={resetsAt} />
      </p>
      {hard && refused > 0 ? (
        <p>
          <Link className="tone-bad" to={scoped(`/traces?${refusedBy(tenant)}`)}>
            {formatCount(refused)} {refused === 1 ? 'request' : 'requests'} refused
          </Link>{' '}
          <span className="soft">
            in the last hour{state === 'exceeded' ? '' : ': what is left is less than a request is expected to cost'}
          </span>
        </p>
      ) : null}
      <footer>
        <span>
          {budget.alerts.length > 0 ? `Warns at ${writeThresholds(budget.alerts)} %` : 'Warns at no threshold'}
        </span>
        <BudgetActions budget={budget} />
      </footer>
    </li>
  );
}

const refusedBy = (tenant: string): string =>
  String(new URLSearchParams({ tenant, errorCode: 'budget_exceeded', range: '1h' }));

function BudgetActions({ budget }: { readonly budget: Budget }) {
  const [doing, setDoing] = useState<'change' | 'delete' | null>(null);
  const allowed = useAllowed('changeBudgets');
  const ofFile = { disabled: true, title: 'It is in relay.yaml, and is changed there.' };
  const control = budget.source === 'config' ? ofFile : allowed;
  const named = `the budget of ${budget.tenant} for a ${budget.period}`;
  return (
    <span className="budget-actions">
      {budget.source === 'config' ? <span className="mono">relay.yaml</span> : null}
      <Button
        variant="default"
        size="compact-xs"
        {...control}
        aria-label={`Change ${named}`}
        onClick={() => setDoing('change')}
      >
        Change
      </Button>
      <Button
        variant="default"
        size="compact-xs"
        {...control}
        aria-label={`Delete ${named}`}
        onClick={() => setDoing('delete')}
      >
        Delete
      </Button>
      {doing === 'change' ? <BudgetDialog budget={budget} onClose={() => setDoing(null)} /> : null}
      {doing === 'delete' ? <DeleteBudgetDialog budget={budget} onClose={() => setDoing(null)} /> : null}
    </span>
  );
}
