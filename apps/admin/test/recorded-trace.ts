import { newTraceId } from '@relay/core';
import type { TraceRecord } from '@relay/trace';

/** A plain successful request of now; what a test is about is given in `changes`. */
export function recordedTrace(changes: Partial<TraceRecord> = {}): TraceRecord {
  const at = Date.now();
  return {
    ...{ id: newTraceId(at), at, requestId: 'req-1', tenant: 'alpha', keyId: null, endpoint: '/v1/chat/completions' },
    ...{
      model: 'small',
      servedModel: 'small',
      provider: 'sim',
      status: 'ok',
      httpStatus: 200,
      errorCode: null,
      error: null,
    },
    ...{ stream: false, cache: 'miss', cacheSource: null, cacheEntry: null, similarity: null, savedMs: null },
    ...{ queue: 'none', queueMs: 0, ttftMs: null, totalMs: 1, inputTokens: null, cachedInputTokens: null },
    ...{
      outputTokens: null,
      reasoningTokens: null,
      tokenParts: {},
      usageEstimated: false,
      priceVersion: null,
      costUsd: null,
      savedUsd: null,
      policy: null,
    },
    ...{
      signature: null,
      planId: null,
      degraded: [],
      tags: [],
      attempts: [],
      stages: [],
      features: null,
      scores: null,
    },
    predicted: null,
    ...changes,
  };
}
