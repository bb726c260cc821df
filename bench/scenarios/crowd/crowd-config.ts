import type { RelayConfigInput } from '@relay/config';

export interface CrowdTenant {
  readonly id: string;
  readonly weight: number;
}

export interface CrowdTerms {
  readonly slots: number; // of the pool, all processes together
  readonly tenants: readonly CrowdTenant[];
  readonly scheduler?: RelayConfigInput['scheduler'];
}

export const keyOf = (tenant: string): string => `crowd-key-of-${tenant}`;

/** A relay that does nothing but admit: no cache, one attempt, no rules. */
export function crowdConfig(upstreamUrl: string, { slots, tenants, scheduler }: CrowdTerms): RelayConfigInput {
  return {
    providers: [
      { id: 'mock', kind: 'openai', baseUrl: upstreamUrl, apiKey: 'mock-key', limits: { concurrency: slots } },
    ],
    models: [{ id: 'small', tier: 'basic', targets: [{ provider: 'mock', model: 'small' }], contextWindow: 128_000 }],
    policy: {
      name: 'crowd',
      version: 1,
      defaults: { cache: { exact: { enabled: false } }, retries: { maxAttempts: 1 } },
    },
    tenants: tenants.map(({ id, weight }) => ({ id, weight, keys: [{ name: 'bench', value: keyOf(id) }] })),
    ...(scheduler ? { scheduler } : {}),
  };
}
