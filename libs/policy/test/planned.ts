import type { Planned, PolicyService } from '../src';

/** Who sends a plain request. */
export interface Sender {
  readonly tenant?: string;
  readonly key?: string;
  readonly user?: string;
  readonly seed?: number;
}

/** What the policy in force, or its canary, makes of a plain request of somebody. */
export function planned(policies: PolicyService, { tenant = 'acme', key = 'ci', user, seed = 0 }: Sender): Planned {
  const result = policies.plan({
    operation: 'chat',
    body: { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] },
    bodyBytes: 60,
    headers: { tags: [], ...(user !== undefined && { user }) },
    principal: {
      tenant: { id: tenant, weight: 1, tier: 'standard', tags: [], limits: {}, models: null },
      ...{ keyId: key, keyName: key, scopes: ['inference'] },
    },
    at: 0,
    seed,
  });
  if (!result.ok) throw result.error;
  return result.value;
}
