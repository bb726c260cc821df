import { newTraceId } from '@relay/core';
import type { TraceRecord } from '@relay/trace';

/**
 * An answer of a model, of one of 50 tenants. One literal, as the pipeline makes its records: put together with spreads it
 * took 90 µs, several times what recording it does.
 */
export function sampleTrace(n: number): TraceRecord {
  const at = Date.now();
  const id = newTraceId(at);
  const model = `model-${n % 6}`;
  return {
    id,
    at,
    requestId: id,
    tenant: `tenant-${n % 50}`,
    keyId: `01a20353-d871-7a7d-ad28-840c78b0f${100 + (n % 50)}`,
    endpoint: '/v1/chat/completions',
    model: 'auto',
    servedModel: model,
    provider: `provider-${n % 4}`,
    status: 'ok',
    httpStatus: 200,
    errorCode: null,
    error: null,
    stream: n % 2 === 0,
    cache: 'miss',
    cacheSource: null,
    cacheEntry: null,
    similarity: null,
    savedMs: null,
    queue: 'none',
    queueMs: 0,
    ttftMs: 120.973,
    totalMs: 1_121.969 + (n % 100),
    inputTokens: 23,
    cachedInputTokens: 0,
    outputTokens: 60,
    reasoningTokens: 0,
    tokenParts: {},
    usageEstimated: false,
    costUsd: '0.00004',
    priceVersion: 'genai-prices@0.1.8',
    savedUsd: null,
    policy: 'default@1',
    signature: 'dd81b1de4e1412df',
    planId: '554025cb922a9732a6358f022aef4452',
    degraded: [],
    tags: n % 5 === 0 ? ['nightly'] : [],
    attempts: [{ provider: 'mock', model, outcome: 'ok', upstreamStatus: 200, startMs: 1.048, durationMs: 1_120.485 }],
    stages: [
      ['auth', 0, 0.076],
      ['parse', 0.263, 0.226],
      ['plan', 0.489, 0.247],
      ['cache', 0.823, 0.005],
      ['upstream', 1.048, 1_120.485, { model, provider: 'mock', connectMs: null }],
    ],
    features: { 'features.inputTokens': 20, 'features.outputTokens': 53, 'key.name': 'first' },
    scores: null,
    predicted: { ttftMs: null, waitMs: 0, totalMs: null, inputTokens: 20, outputTokens: 53 },
  };
}
