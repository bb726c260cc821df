import type { TraceRecord } from '../domain/trace-record';
import type { RequestContext } from './domain/request-context';
import type { SpanAttributes } from './domain/span';

/** A request that has ended and is to be told of. */
export interface FinishedTrace {
  readonly record: TraceRecord;
  readonly context: RequestContext;
  /** Prompt and answer, where they are told as well. */
  readonly words: SpanAttributes | null;
}
