import type { BudgetView } from '@relay/contracts';
import { type Budget, crossed, periodBounds } from '@relay/scheduler';

const USD_DIGITS = 9;
/** Of amounts in the database: whole units of 1e-12 USD. */
const UNIT_DIGITS = 12;

interface Figures {
  readonly spentUsd: string;
  readonly heldUsd: number | null;
  readonly forecastUsd: string | null;
}

export function toBudgetView(budget: Budget, { spentUsd, heldUsd, forecastUsd }: Figures, now: number): BudgetView {
  const { id, source, tenantId, keyId, period, hard, alerts } = budget;
  const { start, end } = periodBounds(period, now);
  const limitUsd = plain(budget.limitUsd);
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

function unitsOf(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.slice(0, UNIT_DIGITS).padEnd(UNIT_DIGITS, '0'));
}

function usdOf(units: bigint): string {
  const digits = units.toString().padStart(UNIT_DIGITS + 1, '0');
  return `${digits.slice(0, -UNIT_DIGITS)}.${digits.slice(-UNIT_DIGITS)}`.replace(/\.?0+$/, '');
}
