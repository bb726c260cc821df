import type { AuthenticatedUser } from '@relay/auth';
import type { ApiKeyView, KeyLimits, UpdateApiKey } from '@relay/contracts';
import { RelayError, type TenantProfile } from '@relay/core';

const ACT_AS = 'tenant:act-as';

/** Whoever is confined to one tenant gives no key more than the tenant has. Why he may not give this one; null if he may. */
export function refuseReach(
  user: AuthenticatedUser,
  tenant: TenantProfile,
  { scopes, models, limits }: Pick<UpdateApiKey, 'scopes' | 'models' | 'limits'>,
): RelayError | null {
  if (user.role !== 'tenant-admin') return null;
  if (scopes?.includes(ACT_AS)) return refusal(`may not give the scope "${ACT_AS}"`, 'scopes');
  const foreign = models?.find((model) => tenant.models !== null && !tenant.models.includes(model));
  if (foreign !== undefined) return refusal(`may not give the model "${foreign}", which the tenant has not`, 'models');
  const beyond = limits && limitBeyond(tenant, limits);
  return beyond
    ? refusal(`may not give a key more than the tenant has: at most ${beyond.allowed}`, beyond.param)
    : null;
}

/** A key that reaches beyond its tenant is revoked, but not changed or read anew, by whoever may not make such a key. */
export function refuseHold(user: AuthenticatedUser, { scopes }: ApiKeyView): RelayError | null {
  if (user.role !== 'tenant-admin' || !scopes.includes(ACT_AS)) return null;
  return refusal(`may revoke a key with the scope "${ACT_AS}", and nothing else`, 'keyId');
}

function limitBeyond({ limits }: TenantProfile, ofKey: KeyLimits): { param: string; allowed: number } | null {
  for (const name of ['requestsPerMinute', 'tokensPerMinute'] as const) {
    const [wanted, allowed] = [ofKey[name], limits[name]];
    if (wanted !== undefined && allowed !== undefined && wanted > allowed) return { param: `limits.${name}`, allowed };
  }
  return null;
}

function refusal(what: string, param: string): RelayError {
  return new RelayError('forbidden', `A tenant-admin ${what}.`, { param });
}
