import { type HrTime, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { RequestContext } from './domain/request-context';
import type { RequestSpan } from './domain/span';
import { TraceStateText } from './trace-state-text';

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} satisfies Record<RequestSpan['kind'], SpanKind>;

const SCOPE = { name: 'llm-relay' };

/** Spans in the form that OpenTelemetry's exporters take. They were never open: a request is written down when it has ended. */
export function readableSpans(
  spans: readonly RequestSpan[],
  context: RequestContext,
  resource: Resource,
): ReadableSpan[] {
  const { traceId } = context;
  const traceState = context.tracestate === null ? {} : { traceState: new TraceStateText(context.tracestate) };
  const contextOf = (spanId: string): SpanContext => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    ...traceState,
  });
  return spans.map((span) => {
    const spanContext = contextOf(span.spanId);
    const parent = span.parentSpanId;
    return {
      name: span.name,
      kind: KINDS[span.kind],
      spanContext: () => spanContext,
      ...(parent === null
        ? {}
        : { parentSpanContext: { ...contextOf(parent), isRemote: span.spanId === context.spanId } }),
      startTime: hrTime(span.startMs),
      endTime: hrTime(span.endMs),
      duration: hrTime(span.endMs - span.startMs),
      status:
        span.error === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: span.error },
      attributes: span.attributes as ReadableSpan['attributes'],
      events: span.events.map(({ name, atMs, attributes }) => ({
        name,
        time: hrTime(atMs),
        attributes: attributes as ReadableSpan['attributes'],
      })),
      links: [],
      ended: true,
      resource,
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  });
}

/** Seconds and the nanoseconds beside them. */
function hrTime(ms: number): HrTime {
  const whole = Math.floor(ms / MS_PER_SECOND);
  return [whole, Math.round((ms - whole * MS_PER_SECOND) * NS_PER_MS)];
}
