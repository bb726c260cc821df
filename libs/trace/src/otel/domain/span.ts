export type AttributeValue = string | number | boolean | readonly string[];
export type SpanAttributes = Record<string, AttributeValue>;

/** What a span is, before it takes the form that the exporter wants. Times in ms since the epoch, with fractions. */
export interface RequestSpan {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** An error code; null where nothing went wrong. */
  readonly error: string | null;
  readonly attributes: SpanAttributes;
  readonly events: readonly SpanEvent[];
}

export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: SpanAttributes;
}

type Known = AttributeValue | null | undefined;

/** Without what nobody knows. */
export function known(attributes: Readonly<Record<string, Known>>): SpanAttributes {
  const found: SpanAttributes = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== null && value !== undefined) found[name] = value;
  }
  return found;
}
