import { RelayError } from '@relay/core';
import type { BudgetRefusal, RateRefusal, RateScope } from '@relay/scheduler';

const MS_PER_SECOND = 1_000;
const USD_DIGITS = 6;

type Named = RateScope['kind'];

const NAMES = {
  tenant: (id) => `Tenant "${id}"`,
  key: (id) => `API key "${id}"`,
  model: (id) => `Model "${id}"`,
  provider: (id) => `Provider "${id}"`,
} as const satisfies Record<Named, (id: string) => string>;

/**
 * `rate_limited`, with `Retry-After`; a provider's limit is not the client's: `overloaded`. `exceeds_limit` where waiting does not help, which
 * clients do not try again. `name`: as clients know it.
 */
export function rateLimited({ scope, kind, limit, asked, waitMs }: RateRefusal, name = scope.id): RelayError {
  const who = NAMES[scope.kind](name);
  const param = scope.kind === 'model' ? { param: 'model' } : {};
  if (waitMs === null) {
    const why = `${who} is limited to ${limit} ${kind} per minute, and this request alone is expected to take ${asked}.`;
    return new RelayError(
      'exceeds_limit',
      `${why} It will not pass later either; ask for a shorter answer, or send less.`,
      param,
    );
  }
  const code = scope.kind === 'provider' ? 'overloaded' : 'rate_limited';
  const retryAfterSeconds = secondsOf(waitMs);
  const message = `${who} is limited to ${limit} ${kind} per minute, and they are used up. Try again in ${retryAfterSeconds} s.`;
  return new RelayError(code, message, { ...param, retryAfterSeconds });
}

/** `daily` and `monthly` budgets, of the tenant or of the key: the client is told which, by the key's name. */
export function budgetExceeded({ budget, leftUsd, askedUsd, renewsAt }: BudgetRefusal, keyName: string): RelayError {
  const { tenantId, keyId, period, limitUsd } = budget;
  const who = keyId === null ? NAMES.tenant(tenantId) : NAMES.key(keyName);
  const left = `has ${usd(leftUsd)} USD left of its ${PERIODS[period]} budget of ${limitUsd} USD`;
  const renews = new Date(renewsAt).toISOString().slice(0, 10);
  return new RelayError(
    'budget_exceeded',
    `${who} ${left}, and this request is expected to cost ${usd(askedUsd)} USD. The budget renews on ${renews} (UTC).`,
  );
}

const PERIODS = { month: 'monthly', day: 'daily' } as const satisfies Record<BudgetRefusal['budget']['period'], string>;

/** Whole seconds, at least one. */
function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / MS_PER_SECOND));
}

const usd = (amount: number): string => String(Number(amount.toFixed(USD_DIGITS)));
