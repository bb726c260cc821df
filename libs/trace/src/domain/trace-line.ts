import type { PlanDocument } from '@relay/contracts';
import { traceIdTime } from '@relay/core';
import { durationText } from './duration-text';
import { textFeature } from './finished-request';
import { inOnePiece, jsonText, recurring, textOnce } from './json-text';
import type { PayloadColumns } from './payload-columns';
import { detailText } from './trace-detail';
import type { TraceRecord } from './trace-record';

/**
 * One request as one line of JSON, its keys the column names, so that the text that lies in the spool is the text that
 * Postgres reads (`json_to_recordset`): a request is serialised once. The line begins with the id (see `lineTime`). A column
 * that is not named is null, as half of them are.
 */
export function traceLine(record: TraceRecord, plan: PlanDocument | null, payload: PayloadColumns | null): string {
  const time = traceIdTime(record.id);
  const at = time ?? record.at;
  const user = textFeature(record, 'request.user');
  const { shared = null } = record;
  return (
    `{"id":${time === undefined ? textOnce(record.id) : `"${record.id}"`},"at":${at}` +
    text('request_id', record.requestId === record.id ? null : record.requestId) + // null: that of the trace
    duration('saved_ms', record.savedMs) +
    duration('queue_ms', record.queueMs || 0) +
    duration('ttft_ms', record.ttftMs) +
    duration('total_ms', record.totalMs || 0) +
    (shared === null ? columnsOf(record, user) : (shared.columns ??= inOnePiece(columnsOf(record, user)))) +
    json('detail', detailText(record, at, user)) +
    json('plan_document', plan && jsonText(plan)) +
    (payload === null ? '' : columns(payload)) +
    '}\n'
  );
}

/** Those that requests which are alike have in common. */
function columnsOf(record: TraceRecord, user: string | null): string {
  return (
    tenant(record.tenant) +
    keyId(record.keyId) +
    endpoint(record.endpoint) +
    model(record.model) +
    servedModel(record.servedModel) +
    provider(record.provider) +
    status(record.status) +
    `,"http_status":${record.httpStatus}` +
    errorCode(record.errorCode) +
    text('error', record.error) +
    `,"stream":${record.stream}` +
    cache(record.cache) +
    text('cache_source', record.cacheSource) +
    text('cache_entry', record.cacheEntry) +
    real('similarity', record.similarity) +
    queue(record.queue) +
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
    priceVersion(record.priceVersion) +
    money('saved_usd', record.savedUsd) +
    policy(record.policy) +
    signature(record.signature) +
    planId(record.planId) +
    list('degraded', record.degraded) +
    list('tags', record.tags) +
    userName(user)
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

/** A column whose texts recur from request to request. */
function column(name: string): (value: string | null) => string {
  const text = recurring(`,"${name}":`);
  return (value) => (value === null ? '' : text(value));
}

const tenant = column('tenant');
const keyId = column('key_id');
const endpoint = column('endpoint');
const model = column('model');
const servedModel = column('served_model');
const provider = column('provider');
const status = column('status');
const errorCode = column('error_code');
const cache = column('cache');
const queue = column('queue');
const priceVersion = column('price_version');
const policy = column('policy');
const signature = column('signature');
const planId = column('plan_id');
const userName = column('user_name');

/** A text that hardly recurs. */
const text = (name: string, value: string | null): string => (value === null ? '' : `,"${name}":${textOnce(value)}`);

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
