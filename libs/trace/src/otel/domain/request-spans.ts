import type { AttemptRecord, StageRecord, TraceRecord } from '../../domain/trace-record';
import { operationName } from './gen-ai-names';
import { requestAttributes, requestError } from './request-attributes';
import { attemptSpanId, type RequestContext, spanIdOf } from './request-context';
import { known, type RequestSpan, type SpanAttributes, type SpanEvent } from './span';

/** What spans say of a provider. */
export interface ProviderFacts {
  readonly name: string; // as the conventions call it
  readonly address: string | null; // host
  readonly port: number | null;
}

export type ProviderLookup = (provider: string) => ProviderFacts | null;

/** Attempts have spans of their own, with more in them. */
const STAGE_OF_ATTEMPTS = 'upstream';
/** Not calls: the target was passed over. */
const PASSED_OVER: ReadonlySet<string> = new Set(['breaker_open', 'out_of_service']);
/** Ends of an attempt that are no fault of its target. */
const NO_FAULTS = new Set(['ok', 'hedge_lost', 'not_accepted']);

/**
 * The spans of one request: itself, each stage of its way, and each call of a provider.
 *
 *     chat small                     SERVER    below the client's span, if it told one
 *       |-- auth, parse, plan, ...   INTERNAL  by name of the stage
 *       '-- chat gpt-4o-mini         CLIENT    one a call; what the provider hears in `traceparent`
 */
export function requestSpans(record: TraceRecord, context: RequestContext, lookup: ProviderLookup): RequestSpan[] {
  const providerName = record.provider === null ? null : (lookup(record.provider)?.name ?? record.provider);
  const calls = record.attempts.filter(({ outcome }) => !PASSED_OVER.has(outcome));
  const root: RequestSpan = {
    name: nameOf(record.endpoint, record.model),
    kind: 'server',
    spanId: context.spanId,
    parentSpanId: context.parentSpanId,
    startMs: record.at,
    endMs: record.at + record.totalMs,
    error: requestError(record),
    attributes: requestAttributes(record, providerName),
    events: eventsOf(record),
  };
  const stages = record.stages.filter(([name]) => name !== STAGE_OF_ATTEMPTS);
  return [
    root,
    ...stages.map((stage) => stageSpan(record, context, stage)),
    ...calls.map((attempt) => attemptSpan(record, context, attempt, lookup)),
  ];
}

const nameOf = (endpoint: string, model: string | null): string =>
  model === null ? operationName(endpoint) : `${operationName(endpoint)} ${model}`;

function eventsOf({ at, ttftMs, attempts }: TraceRecord): SpanEvent[] {
  const events: SpanEvent[] = attempts
    .filter(({ outcome }) => PASSED_OVER.has(outcome))
    .map(({ provider, model, startMs, outcome }) => ({
      name: `relay.${outcome}`,
      atMs: at + startMs,
      attributes: { 'relay.provider': provider, 'gen_ai.request.model': model },
    }));
  if (ttftMs !== null) events.push({ name: 'relay.first_token', atMs: at + ttftMs, attributes: {} });
  return events;
}

function stageSpan({ id, at }: TraceRecord, { spanId }: RequestContext, stage: StageRecord): RequestSpan {
  const [name, startMs, durationMs, attributes] = stage;
  return {
    name,
    kind: 'internal',
    spanId: spanIdOf(id, `stage ${name}`, startMs),
    parentSpanId: spanId,
    startMs: at + startMs,
    endMs: at + startMs + durationMs,
    error: null,
    attributes: attributes ? stageAttributes(name, attributes) : {},
    events: [],
  };
}

function stageAttributes(stage: string, attributes: NonNullable<StageRecord[3]>): SpanAttributes {
  const named = Object.entries(attributes).map(([name, value]) => [`relay.${stage}.${name}`, value] as const);
  return known(Object.fromEntries(named));
}

function attemptSpan(
  record: TraceRecord,
  { spanId }: RequestContext,
  attempt: AttemptRecord,
  lookup: ProviderLookup,
): RequestSpan {
  const { provider, model, startMs, durationMs, outcome } = attempt;
  const error = NO_FAULTS.has(outcome) ? null : outcome;
  return {
    name: nameOf(record.endpoint, model),
    kind: 'client',
    spanId: attemptSpanId(record.id, provider, model, startMs),
    parentSpanId: spanId,
    startMs: record.at + startMs,
    endMs: record.at + startMs + durationMs,
    error,
    attributes: { ...attemptAttributes(record, attempt, lookup(provider)), ...(error ? { 'error.type': error } : {}) },
    events: [],
  };
}

function attemptAttributes(
  { endpoint, stream }: TraceRecord,
  { provider, model, outcome, upstreamStatus, inputTokens, outputTokens, costUsd }: AttemptRecord,
  facts: ProviderFacts | null,
): SpanAttributes {
  return known({
    'gen_ai.operation.name': operationName(endpoint),
    'gen_ai.provider.name': facts?.name ?? provider,
    'gen_ai.request.model': model,
    'gen_ai.request.stream': stream,
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    'server.address': facts?.address,
    'server.port': facts?.port,
    'http.response.status_code': upstreamStatus,
    'relay.provider': provider,
    'relay.attempt.outcome': outcome,
    'relay.cost_usd': costUsd,
  });
}
