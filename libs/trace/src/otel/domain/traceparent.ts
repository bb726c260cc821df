/** Where a request comes from, as its client says by W3C Trace Context. */
export interface RemoteParent {
  readonly traceId: string; // 32 hex digits
  readonly spanId: string; // 16 hex digits
  readonly sampled: boolean;
}

/** www.w3.org/TR/trace-context-2, 3.2: version, trace id, parent id, flags. Later versions may have more behind a dash. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;
const SAMPLED = 0x01;
/** Of the header `tracestate`: as many characters have to be passed on (3.3.1.5), and more nobody needs. */
const MAX_TRACESTATE_CHARS = 512;
const TRACESTATE = /^[\x20-\x7e]*$/;

/** Null for a header that is absent or malformed: the request then begins a trace of its own. */
export function parseTraceparent(header: string | readonly string[] | undefined): RemoteParent | null {
  if (typeof header !== 'string') return null; // several say nothing
  const match = TRACEPARENT.exec(header.trim());
  if (!match) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = match;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: RemoteParent): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** What other vendors want to be passed on, as it came; null where there is nothing, or too much. */
export function parseTracestate(header: string | readonly string[] | undefined): string | null {
  const text = (typeof header === 'string' ? header : (header ?? []).join()).trim();
  return text === '' || text.length > MAX_TRACESTATE_CHARS || !TRACESTATE.test(text) ? null : text;
}
