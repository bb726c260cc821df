import type { CachedAnswer } from '../src/domain/cached-answer';

/** An answer that is fresh for the first minute of 1970 and not served stale, but for what is given. */
export function cachedAnswer(given: Partial<CachedAnswer> = {}): CachedAnswer {
  const createdAt = given.createdAt ?? 0;
  const expiresAt = given.expiresAt ?? createdAt + 60_000;
  const source = { sourceTraceId: 'trace-1', servedModel: 'small', provider: 'mock', costUsd: '0.000001' };
  const tokens = { inputTokens: 1, cachedInputTokens: null, outputTokens: 3 };
  const outcome = { body: Buffer.from('{"id":"chatcmpl-1"}'), status: 200, errorCode: null, ttftMs: 5, tookMs: 20 };
  const labels = ['tenant:acme', 'version:1', 'model:small'];
  const times = { createdAt, expiresAt, staleUntil: expiresAt };
  return { ...outcome, ...times, epoch: 0, labels, ...source, ...tokens, ...given };
}
