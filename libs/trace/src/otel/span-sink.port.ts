import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Where spans go. */
export interface SpanSink {
  /** Settles when they are there, or given up: with what went wrong, or null. Never rejects. */
  send(spans: readonly ReadableSpan[]): Promise<string | null>;
  close(): Promise<void>;
}
