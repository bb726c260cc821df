import { newTraceId } from '@relay/core';
import type { TraceRecord } from '@relay/trace';

const AT = Date.UTC(2026, 0, 1);
const TENANTS = 50;
const FAILS_EVERY = 10;
const STAGES = ['auth', 'parse', 'plan', 'limits', 'cache', 'semantic', 'queue', 'upstream'];
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** The record of the n-th of many requests: streams of 50 tenants, a tenth of them failed, half of them with a client's `traceparent`. */
export function requestRecord(n: number): TraceRecord {
  const failed = n % FAILS_EVERY === 0;
  return {
    ...{ id: newTraceId(AT), at: AT, requestId: `req-${n}`, tenant: `tenant-${n % TENANTS}`, keyId: 'key-1' },
    ...{ endpoint: '/v1/chat/completions', model: 'small', servedModel: 'small', provider: 'mock' },
    ...{ status: failed ? 'error' : 'ok', httpStatus: failed ? 502 : 200, error: null },
    ...{ errorCode: failed ? 'upstream_error' : null, stream: true },
    ...{ cache: 'miss', cacheSource: null, cacheEntry: null, similarity: null, savedMs: null },
    ...{ queue: 'short', queueMs: 1.5, ttftMs: 120.5, totalMs: 980.25 },
    ...{ inputTokens: 900, cachedInputTokens: 0, outputTokens: 120, reasoningTokens: 0, tokenParts: {} },
    ...{ usageEstimated: false, costUsd: '0.000207', priceVersion: 'relay.yaml#0', savedUsd: null },
    ...{ policy: 'default@1', signature: 'sig', planId: 'plan', degraded: [], tags: [], scores: null, predicted: null },
    features: { 'request.temperature': 0.2, 'request.maxTokens': 256 },
    attempts: [{ provider: 'mock', model: 'up', outcome: 'ok', upstreamStatus: 200, startMs: 2, durationMs: 978 }],
    stages: STAGES.map((name, i) => [name, i, 0.5, { a: i }] as const),
    ...(n % 2 === 0 ? { traceparent: TRACEPARENT } : {}),
  };
}
