import type { RelayConfigInput } from '@relay/config';
import type { planPatchSchema } from '@relay/contracts';
import type { z } from 'zod';

export const RELAY_KEY = 'bench-key-0123456789abcdef';

/** Far above the connections of any scenario: requests are admitted at once, by the scheduler's fast path. */
const SLOTS = 4_096;

/** What the policy says of the cache, e.g. `{ exact: { coalesce: false } }`; merged over the benchmark's own. */
export type CacheTerms = NonNullable<z.input<typeof planPatchSchema>['cache']>;

/** The relay as a small installation has it: everything on, a policy with a few rules that are evaluated for each request. */
export function relayConfig(upstreamUrl: string, { exact, ...terms }: CacheTerms = {}): RelayConfigInput {
  return {
    providers: [
      { id: 'mock', kind: 'openai', baseUrl: upstreamUrl, apiKey: 'mock-key', limits: { concurrency: SLOTS } },
    ],
    models: [
      {
        id: 'small',
        tier: 'basic',
        targets: [{ provider: 'mock', model: 'small' }],
        contextWindow: 128_000,
        price: { inputPerMTok: 0.15, cachedInputPerMTok: 0.075, outputPerMTok: 0.6 },
      },
    ],
    policy: {
      name: 'bench',
      version: 1,
      defaults: { cache: { ...terms, exact: { enabled: true, ttl: '1h', ...exact } } },
      rules: [
        { id: 'batch-tag', when: '"batch" in request.tags', then: { serviceLevel: 'batch' } },
        { id: 'long-prompts', when: 'features.inputTokens > 8000', then: { queue: { class: 'long' } } },
        { id: 'tools-are-not-cached', when: 'request.hasTools', then: { cache: { exact: { enabled: false } } } },
      ],
    },
    tenants: [{ id: 'bench', keys: [{ name: 'bench', value: RELAY_KEY }] }],
  };
}
