import type { RelayConfig } from '@relay/config';

/** Settings that are understood but not acted upon yet: whoever sets them must not believe that they protect anything. */
export function notEnforced(config: Pick<RelayConfig, 'providers' | 'tenants'>): string[] {
  const found: string[] = [];
  config.providers.forEach(({ limits }, i) => {
    if (limits.requestsPerMinute !== undefined) found.push(`providers[${i}].limits.requestsPerMinute`);
    if (limits.tokensPerMinute !== undefined) found.push(`providers[${i}].limits.tokensPerMinute`);
  });
  config.tenants.forEach(({ limits, budget }, i) => {
    if (limits.requestsPerMinute !== undefined) found.push(`tenants[${i}].limits.requestsPerMinute`);
    if (limits.tokensPerMinute !== undefined) found.push(`tenants[${i}].limits.tokensPerMinute`);
    if (budget?.monthlyUsd !== undefined) found.push(`tenants[${i}].budget.monthlyUsd`);
  });
  return found;
}
