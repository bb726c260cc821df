import type { PlanDocument } from '@relay/contracts';

/** The plan of a plain request. */
export function aPlan(id: string): PlanDocument {
  return {
    id,
    signature: 'sig-1',
    policy: 'default@1',
    plan: {
      serviceLevel: 'standard',
      queue: { class: 'short', weight: 1 },
      deadlineMs: 30_000,
      route: {
        strategy: 'ordered',
        candidates: [{ model: 'small', provider: 'mock', upstreamModel: 'mock-small', score: 1, terms: {} }],
        rejected: [],
        regions: null,
        providers: null,
        cascade: null,
      },
      decoding: { maxTokens: null, overrides: {} },
      cache: {
        exact: { enabled: true, ttlMs: 60_000, staleMs: 0, refusalTtlMs: 10_000, coalesce: true },
        semantic: {
          mode: 'off',
          threshold: 0.92,
          maxErrorPerHit: 0.02,
          ttlMs: 86_400_000,
          evidence: 'default',
          maxTurns: 3,
          maxTemperature: 1,
          judge: { kind: 'embedding', model: null, minSimilarity: 0.9 },
          labelShare: 0.25,
          recheckShare: 0.02,
        },
        version: '1',
        replay: 'instant',
        finishOnDisconnect: false,
      },
      retries: { maxAttempts: 2, fallbacks: 1, budget: 0.2, hedge: null },
      guards: { injection: { action: 'log', threshold: 0.5 }, pii: { action: 'off', kinds: [], restore: false } },
      degrade: [],
      experiments: [],
      payloadLogging: true,
    },
    decisions: [{ rule: 'long', verdict: 'not-matched', reason: 'features.inputTokens > 4000', changed: [] }],
  };
}
