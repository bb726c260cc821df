/** No upstream makes us wait longer than this; a longer wish is shortened. */
export const MAX_RETRY_AFTER_MS = 300_000;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * How long an upstream asks us to wait, in ms: `retry-after-ms` (OpenAI), or `retry-after` in seconds or as an HTTP date
 * (RFC 9110, 10.2.3); null if it does not say or says nonsense.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const inMs = numeric(headers['retry-after-ms']);
  if (inMs !== null) return cap(inMs);
  const value = first(headers['retry-after']);
  const seconds = numeric(value);
  if (seconds !== null) return cap(seconds * 1_000);
  const at = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? null : cap(at - nowMs);
}

function numeric(header: string | string[] | undefined): number | null {
  const text = first(header)?.trim();
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

const cap = (ms: number): number => Math.min(Math.max(0, Math.ceil(ms)), MAX_RETRY_AFTER_MS);
