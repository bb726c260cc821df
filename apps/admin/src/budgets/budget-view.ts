import type { BudgetView } from '@relay/contracts';
import { periodBounds } from '@relay/core';
import { type Budget, crossed, unitsOf, usdOf } from '@relay/scheduler';

const USD_DIGITS = 9;

interface Figures {
  readonly spentUsd: string;
  readonly heldUsd: number | null;
  readonly forecastUsd: string | null;
}

export function toBudgetView(budget: Budget, { spentUsd, heldUsd, forecastUsd }: Figures, now: number): BudgetView {
  const { id, source, tenantId, keyId, period, limitUsd, hard, alerts } = budget;
  const { start, end } = periodBounds(period, now);
  const left = unitsOf(limitUsd) - unitsOf(spentUsd);
  return {
    ...{ id, source, tenant: tenantId, keyId, period, limitUsd, hard, alerts: [...alerts], spentUsd },
    heldUsd: heldUsd === null ? null : plain(heldUsd),
    remainingUsd: usdOf(left > 0n ? left : 0n),
    periodStart: new Date(start).toISOString(),
    resetsAt: new Date(end).toISOString(),
    forecastUsd,
    state: left <= 0n ? 'exceeded' : crossed(budget, spentUsd).length > 0 ? 'warned' : 'ok',
  };
}

/** Without an exponent, and without zeros that say nothing. */
const plain = (usd: number): string => usd.toFixed(USD_DIGITS).replace(/\.?0+$/, '');
