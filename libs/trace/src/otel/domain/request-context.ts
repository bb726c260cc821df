import { hash } from 'node:crypto';
import { parseTraceparent, parseTracestate } from './traceparent';

/** What the place of a request among spans follows from: ids, and what its client sent. */
export interface ContextSource {
  readonly traceId: string; // the relay's, a UUID
  readonly traceparent?: string | readonly string[] | undefined;
  readonly tracestate?: string | readonly string[] | undefined;
}

/** The place of a request among spans. */
export interface RequestContext {
  readonly traceId: string; // W3C, 32 hex digits
  readonly spanId: string; // of the request itself
  readonly parentSpanId: string | null; // of the client
  readonly sampled: boolean;
  readonly tracestate: string | null;
}

/**
 * Where a request stands: below its client's span, or at the root of a trace that has the relay's own id. The same source gives the
 * same context, at the time of a call as at the end of the request, so nothing is carried along.
 */
export function contextOf(source: ContextSource, sampleRatio: number): RequestContext {
  const parent = parseTraceparent(source.traceparent);
  const traceId = parent?.traceId ?? source.traceId.replaceAll('-', '');
  return {
    traceId,
    spanId: spanIdOf(source.traceId, 'request', 0),
    parentSpanId: parent?.spanId ?? null,
    sampled: parent?.sampled ?? isDrawn(traceId, sampleRatio),
    tracestate: parent ? parseTracestate(source.tracestate) : null, // without a parent it means nothing
  };
}

/** The id of the call of a target: what the provider is told is what the span of the attempt has. */
export const attemptSpanId = (traceId: string, provider: string, model: string, startMs: number): string =>
  spanIdOf(traceId, `attempt ${provider} ${model}`, startMs);

/** 16 hex digits that follow from what the span is: 0.8 µs, and no id has to be kept for it. */
export const spanIdOf = (traceId: string, name: string, startMs: number): string =>
  hash('sha1', `${traceId} ${name} ${startMs}`).slice(0, 16);

const DRAWN_DIGITS = 13; // 52 bits, exact in a number
const DRAWN_RANGE = 2 ** 52;

/** By the last digits of the trace id, which are random, so that all processes decide alike. */
function isDrawn(traceId: string, ratio: number): boolean {
  if (ratio >= 1) return true;
  return Number.parseInt(traceId.slice(-DRAWN_DIGITS), 16) < ratio * DRAWN_RANGE;
}
