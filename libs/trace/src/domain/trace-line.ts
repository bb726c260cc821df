import type { PlanDocument } from '@relay/contracts';
import { traceIdTime } from '@relay/core';
import { textFeature } from './finished-request';
import type { PayloadColumns } from './payload-columns';
import { packDetail } from './trace-detail';
import type { TraceRecord } from './trace-record';

/**
 * One request as one line of JSON, its keys the column names, so that the text that lies in the spool is the text that
 * Postgres reads (`json_to_recordset`): a request is serialised once. The line begins with the id (see `lineTime`).
 */
export function traceLine(record: TraceRecord, plan: PlanDocument | null, payload: PayloadColumns | null): string {
  const row = toRow(record, plan, payload);
  const line = tryStringify(row);
  return line !== null && !mayUpsetPostgres(line) ? line + '\n' : JSON.stringify(clean(row, 0)) + '\n';
}

function toRow(record: TraceRecord, plan: PlanDocument | null, payload: PayloadColumns | null) {
  const at = traceIdTime(record.id) ?? record.at;
  const user = textFeature(record, 'request.user');
  return {
    id: record.id,
    at,
    request_id: record.requestId,
    tenant: record.tenant,
    key_id: record.keyId,
    endpoint: record.endpoint,
    model: record.model,
    served_model: record.servedModel,
    provider: record.provider,
    status: record.status,
    http_status: record.httpStatus,
    error_code: record.errorCode,
    error: record.error,
    stream: record.stream,
    cache: record.cache,
    cache_source: record.cacheSource,
    cache_entry: record.cacheEntry,
    similarity: real(record.similarity),
    saved_ms: real(record.savedMs),
    queue: record.queue,
    queue_ms: real(record.queueMs) ?? 0,
    ttft_ms: real(record.ttftMs),
    total_ms: real(record.totalMs) ?? 0,
    input_tokens: whole(record.inputTokens),
    cached_input_tokens: whole(record.cachedInputTokens),
    output_tokens: whole(record.outputTokens),
    reasoning_tokens: whole(record.reasoningTokens),
    cache_write_tokens: whole(record.tokenParts.cacheWriteTokens),
    cache_write_hour_tokens: whole(record.tokenParts.cacheWriteHourTokens),
    audio_input_tokens: whole(record.tokenParts.audioInputTokens),
    image_input_tokens: whole(record.tokenParts.imageInputTokens),
    audio_output_tokens: whole(record.tokenParts.audioOutputTokens),
    image_output_tokens: whole(record.tokenParts.imageOutputTokens),
    usage_estimated: record.usageEstimated,
    cost_usd: money(record.costUsd),
    price_version: record.priceVersion,
    saved_usd: money(record.savedUsd),
    policy: record.policy,
    signature: record.signature,
    plan_id: record.planId,
    degraded: orNothing(record.degraded),
    tags: orNothing(record.tags),
    user_name: user ?? undefined, // undefined: the key is left out
    detail: packDetail(record, { ...record, at, user }),
    plan_document: plan ?? undefined,
    ...payload,
  };
}

/**
 * What a column cannot hold would make Postgres refuse the whole row, and nobody would find the request: such a figure is cut to the
 * nearest that fits, and one that is none is left out.
 */
const MAX_INTEGER = 2_147_483_647;
const MAX_REAL = 3.4e38;
/** Of numeric(20, 12). */
const MAX_USD = '99999999.999999999999';
const MAX_WHOLE_DIGITS = 8;

const orNothing = (texts: readonly string[]): readonly string[] | undefined => (texts.length > 0 ? texts : undefined);

function whole(value: number | null | undefined): number | null {
  return value == null || Number.isNaN(value) ? null : Math.min(Math.max(0, Math.round(value)), MAX_INTEGER);
}

function real(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : Math.min(Math.max(-MAX_REAL, value), MAX_REAL);
}

function money(amount: string | null): string | null {
  if (amount === null) return null;
  const [, digits] = /^-?0*(\d*)(?:\.\d+)?$/.exec(amount) ?? [];
  if (digits === undefined) return null;
  if (digits.length <= MAX_WHOLE_DIGITS) return amount;
  return amount.startsWith('-') ? `-${MAX_USD}` : MAX_USD;
}

/** Text or null where JSON has no form for a value (a bigint, a cycle). */
function tryStringify(row: object): string | null {
  try {
    return JSON.stringify(row);
  } catch {
    return null;
  }
}

/** Postgres refuses NUL and lone surrogates in text; JSON.stringify escapes both, so a plain search finds every suspect. */
function mayUpsetPostgres(line: string): boolean {
  return line.includes('\\u0000') || line.includes('\\ud');
}

const MAX_DEPTH = 32;

/** A copy without what Postgres or JSON cannot hold. */
function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item, depth + 1)]));
}

function cleanText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}
