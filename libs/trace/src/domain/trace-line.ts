import type { PlanDocument } from '@relay/contracts';
import { traceIdTime } from '@relay/core';
import { durationText } from './duration-text';
import { textFeature } from './finished-request';
import { jsonText, jsonTextOnce, quoted } from './json-text';
import type { PayloadColumns } from './payload-columns';
import { detailText } from './trace-detail';
import type { TraceRecord } from './trace-record';

/**
 * One request as one line of JSON, its keys the column names, so that the text that lies in the spool is the text that
 * Postgres reads (`json_to_recordset`): a request is serialised once. The line begins with the id (see `lineTime`). A column
 * that is not named is null, as half of them are.
 */
export function traceLine(record: TraceRecord, plan: PlanDocument | null, payload: PayloadColumns | null): string {
  const at = traceIdTime(record.id) ?? record.at;
  const user = textFeature(record, 'request.user');
  return (
    `{"id":${jsonTextOnce(record.id)},"at":${at}` +
    rareText('request_id', record.requestId === record.id ? null : record.requestId) + // null: that of the trace
    text('tenant', record.tenant) +
    text('key_id', record.keyId) +
    text('endpoint', record.endpoint) +
    text('model', record.model) +
    text('served_model', record.servedModel) +
    text('provider', record.provider) +
    text('status', record.status) +
    `,"http_status":${record.httpStatus}` +
    text('error_code', record.errorCode) +
    rareText('error', record.error) +
    `,"stream":${record.stream}` +
    text('cache', record.cache) +
    rareText('cache_source', record.cacheSource) +
    rareText('cache_entry', record.cacheEntry) +
    real('similarity', record.similarity) +
    duration('saved_ms', record.savedMs) +
    text('queue', record.queue) +
    duration('queue_ms', record.queueMs || 0) +
    duration('ttft_ms', record.ttftMs) +
    duration('total_ms', record.totalMs || 0) +
    whole('input_tokens', record.inputTokens) +
    whole('cached_input_tokens', record.cachedInputTokens) +
    whole('output_tokens', record.outputTokens) +
    whole('reasoning_tokens', record.reasoningTokens) +
    whole('cache_write_tokens', record.tokenParts.cacheWriteTokens) +
    whole('cache_write_hour_tokens', record.tokenParts.cacheWriteHourTokens) +
    whole('audio_input_tokens', record.tokenParts.audioInputTokens) +
    whole('image_input_tokens', record.tokenParts.imageInputTokens) +
    whole('audio_output_tokens', record.tokenParts.audioOutputTokens) +
    whole('image_output_tokens', record.tokenParts.imageOutputTokens) +
    `,"usage_estimated":${record.usageEstimated}` +
    money('cost_usd', record.costUsd) +
    text('price_version', record.priceVersion) +
    money('saved_usd', record.savedUsd) +
    text('policy', record.policy) +
    text('signature', record.signature) +
    text('plan_id', record.planId) +
    list('degraded', record.degraded) +
    list('tags', record.tags) +
    text('user_name', user) +
    json('detail', detailText(record, at, user)) +
    json('plan_document', plan && jsonText(plan)) +
    (payload === null ? '' : columns(payload)) +
    '}\n'
  );
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

const json = (name: string, value: string | null): string => (value === null ? '' : `,"${name}":${value}`);

const text = (name: string, value: string | null): string => (value === null ? '' : `,"${name}":${quoted(value)}`);

/** That hardly recurs. */
const rareText = (name: string, value: string | null): string =>
  value === null ? '' : `,"${name}":${jsonTextOnce(value)}`;

const list = (name: string, values: readonly string[]): string =>
  values.length === 0 ? '' : `,"${name}":${jsonText(values)}`;

function whole(name: string, value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return '';
  return `,"${name}":${Math.min(Math.max(0, Math.round(value)), MAX_INTEGER)}`;
}

function real(name: string, value: number | null): string {
  if (value === null || Number.isNaN(value)) return '';
  return `,"${name}":${Math.min(Math.max(-MAX_REAL, value), MAX_REAL)}`;
}

const duration = (name: string, ms: number | null): string =>
  ms === null || Number.isNaN(ms) ? '' : `,"${name}":${durationText(Math.min(Math.max(-MAX_REAL, ms), MAX_REAL))}`;

const DECIMAL = /^-?0*(\d*)(?:\.\d+)?$/;

function money(name: string, amount: string | null): string {
  if (amount === null) return '';
  const [, digits] = DECIMAL.exec(amount) ?? [];
  if (digits === undefined) return '';
  if (digits.length <= MAX_WHOLE_DIGITS) return `,"${name}":"${amount}"`;
  return `,"${name}":"${amount.startsWith('-') ? '-' : ''}${MAX_USD}"`;
}

function columns(payload: PayloadColumns): string {
  let all = '';
  for (const [name, value] of Object.entries(payload)) if (value !== undefined) all += json(name, jsonText(value));
  return all;
}
