import {
  shareOf,
  type TokenPart,
  type TraceAttempt,
  type TraceDetail,
  type TraceRow,
  type TraceStage,
} from '@relay/contracts';
import { explainReason } from '@relay/core';
import { trimDecimal } from '../domain/cost';
import { unpackAttempts, unpackPredicted } from '../domain/trace-detail';
import { unpackFeatures } from '../domain/trace-features';
import { SEALED_AWAY } from '../domain/payload-columns';
import type { AttemptRecord, StageRecord, TracePayload } from '../domain/trace-record';
import { toExecutionPlan } from './stored-plan';
import type { TraceDetailRow, TraceListRow } from './trace-rows';

export function toTraceRow(row: TraceListRow): TraceRow {
  return {
    id: row.id,
    requestId: row.request_id ?? row.id,
    at: row.at.toISOString(),
    tenant: row.tenant,
    keyId: row.key_id,
    endpoint: row.endpoint,
    model: row.model,
    servedModel: row.served_model,
    provider: row.provider,
    status: row.status,
    httpStatus: row.http_status,
    errorCode: row.error_code,
    stream: row.stream,
    cache: row.cache,
    queue: row.queue,
    queueMs: row.queue_ms,
    ttftMs: row.ttft_ms,
    totalMs: row.total_ms,
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    outputTokens: row.output_tokens,
    usageEstimated: row.usage_estimated ?? false,
    costUsd: usd(row.cost_usd),
    savedUsd: usd(row.saved_usd),
    policy: row.policy,
    plan: row.signature,
    degraded: [...(row.degraded ?? [])],
    attempts: row.attempt_count ?? 0,
    ...(row.tags !== null && row.tags.length > 0 && { tags: [...row.tags] }),
    ...(row.user_name !== null && { user: row.user_name }),
    ...(row.excerpt !== undefined && { excerpt: row.excerpt }),
  };
}

/** `payload`: what is kept of what was said, opened. */
export function toTraceDetail(row: TraceDetailRow, payload: TracePayload | typeof SEALED_AWAY | null): TraceDetail {
  const { features, stages, attempts, predicted, scores } = keptOf(row);
  const plan = toExecutionPlan(row.plan, scores);
  return {
    ...toTraceRow(row),
    error: row.error,
    cacheSource: row.cache_source,
    cacheEntry: row.cache_entry,
    similarity: row.similarity,
    savedMs: row.saved_ms,
    priceVersion: row.price_version,
    plan,
    signature: row.signature,
    decisions: (row.decisions ?? []).map((decision) => ({ ...decision, reason: explainReason(decision, features) })),
    candidates: plan?.route.candidates ?? [],
    stages: stages.map(toStage),
    attemptLog: toAttempts(row, attempts),
    features,
    predicted,
    actual: {
      totalMs: row.total_ms,
      ttftMs: row.ttft_ms,
      queueMs: row.queue_ms,
      serviceMs: attempts.find(({ outcome }) => outcome === 'ok')?.durationMs ?? null,
      inputTokens: row.input_tokens,
      cachedInputTokens: row.cached_input_tokens,
      outputTokens: row.output_tokens,
      reasoningTokens: row.reasoning_tokens,
      ...told(row),
      costUsd: usd(row.cost_usd),
      quality: row.feedback === null ? null : shareOf(row.feedback),
    },
    ...shownPayload(payload),
    feedback: (row.verdicts ?? []).map((verdict) => ({ ...verdict, at: new Date(verdict.at).toISOString() })),
  };
}

/** What rows keep in `detail`; those of before it have columns for each. */
function keptOf(row: TraceDetailRow) {
  const { detail, tags, user_name: user } = row;
  if (detail === null) {
    const { features, stages, attempts, predicted, scores } = row;
    return {
      features: features ?? {},
      stages: stages ?? [],
      attempts: attempts ?? [],
      predicted: predicted ?? {},
      scores,
    };
  }
  const known = { ...row, at: row.at.getTime(), tags: tags ?? [], user };
  return {
    features: unpackFeatures(detail.f ?? null, known),
    stages: detail.s ?? [],
    attempts: unpackAttempts(detail.a),
    predicted: unpackPredicted(detail.p),
    scores: detail.c ?? null,
  };
}

/** What few providers count apart, where they did. */
function told(row: TraceDetailRow): Record<string, number> {
  const parts = {
    cacheWriteTokens: row.cache_write_tokens,
    cacheWriteHourTokens: row.cache_write_hour_tokens,
    audioInputTokens: row.audio_input_tokens,
    imageInputTokens: row.image_input_tokens,
    audioOutputTokens: row.audio_output_tokens,
    imageOutputTokens: row.image_output_tokens,
  } satisfies Record<TokenPart, number | null>;
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, tokens]) => (tokens === null ? [] : [[part, tokens]])),
  );
}

/** What a single attempt took and cost is kept with the request only. */
function toAttempts(row: TraceDetailRow, attempts: readonly AttemptRecord[]): TraceAttempt[] {
  const [only, ...others] = attempts;
  if (!only) return [];
  const { input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd } = row;
  if (others.length === 0) return [{ ...toAttempt(only), inputTokens, outputTokens, costUsd: usd(costUsd) }];
  return [only, ...others].map(toAttempt);
}

function toAttempt(attempt: AttemptRecord): TraceAttempt {
  const { provider, model, outcome, upstreamStatus, startMs, durationMs } = attempt;
  const { inputTokens = null, outputTokens = null, costUsd = null } = attempt;
  return {
    ...{ provider, model, outcome, upstreamStatus, startMs, durationMs },
    ...{ inputTokens, outputTokens, costUsd: usd(costUsd) },
  };
}

function toStage([name, startMs, durationMs, attributes]: StageRecord): TraceStage {
  return { name, startMs, durationMs, attributes: { ...attributes } };
}

function usd(amount: string | null): string | null {
  return amount === null ? null : trimDecimal(amount);
}

function shownPayload(
  payload: TracePayload | typeof SEALED_AWAY | null,
): Pick<TraceDetail, 'payload' | 'payloadSealed'> {
  if (payload === null) return { payload: null };
  if (payload === SEALED_AWAY) return { payload: null, payloadSealed: true };
  return { payload: { request: parseOrText(payload.request), response: parseOrText(payload.response) } };
}

/** A streamed answer is kept as the text it was; most others are JSON. */
function parseOrText(text: string): unknown {
  if (isDeep(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Deeper JSON is shown as text: whoever serialises it again does so recursively. */
const MAX_SHOWN_DEPTH = 200;

/** Whether more brackets are open at one place than any sensible value has; those in strings count, which does no harm. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === OPEN_BRACKET || char === OPEN_BRACE) depth++;
    else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) depth--;
    if (depth > MAX_SHOWN_DEPTH) return true;
  }
  return false;
}

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
