import type { PlanDocument } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import type { TraceRecord } from '../src/domain/trace-record';

/** A plain successful request at `at`; what a test is about is given in `changes`. */
export function aTrace(at: number, changes: Partial<TraceRecord> = {}): TraceRecord {
  return {
    id: newTraceId(at),
    at,
    requestId: 'req-1',
    tenant: 'acme',
    keyId: 'key-1',
    endpoint: 'chat.completions',
    model: 'small',
    servedModel: 'small',
    provider: 'mock',
    status: 'ok',
    httpStatus: 200,
    errorCode: null,
    error: null,
    stream: false,
    cache: 'miss',
    cacheSource: null,
    cacheEntry: null,
    similarity: null,
    savedMs: null,
    queue: 'none',
    queueMs: 0,
    ttftMs: 12.5,
    totalMs: 34.25,
    inputTokens: 100,
    cachedInputTokens: 40,
    outputTokens: 50,
    reasoningTokens: 0,
    tokenParts: {},
    usageEstimated: false,
    costUsd: '0.00045',
    priceVersion: 'relay.yaml#0123456789ab',
    savedUsd: null,
    policy: 'default@1',
    signature: 'sig-1',
    planId: null,
    degraded: [],
    tags: ['nightly'],
    attempts: [
      { provider: 'mock', model: 'mock-small', outcome: 'ok', upstreamStatus: 200, startMs: 0.5, durationMs: 33 },
    ],
    stages: [
      ['auth', 0, 0.25],
      ['upstream', 0.5, 33, { provider: 'mock' }],
    ],
    features: { 'features.inputTokens': 100 },
    scores: null,
    predicted: { totalMs: 30, quality: null },
    ...changes,
  };
}

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
