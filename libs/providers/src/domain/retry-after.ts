/** No upstream makes us wait longer than this; a longer wish is shortened. */
export const MAX_RETRY_AFTER_MS = 300_000;

/** Every form of one begins with the day of the week. Without that, `-5` would be a date, too. */
const HTTP_DATE = /^\s*(?:mon|tue|wed|thu|fri|sat|sun)/i;
/** What clients are told where the upstream does not say: never to come again at once, which all of them would do together. In s. */
const LEAST_WAIT_S = 1;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * How long an upstream asks us to wait, in ms: `retry-after-ms` (OpenAI), or `retry-after` in seconds or as an HTTP date
 * (RFC 9110, 10.2.3); null if it does not say or says nonsense. A date that is over means now.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const inMs = numeric(headers['retry-after-ms']);
  if (inMs !== null) return cap(inMs);
  const value = first(headers['retry-after']);
  const seconds = numeric(value);
  if (seconds !== null) return cap(seconds * 1_000);
  const at = value !== undefined && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : cap(at - nowMs);
}

/** What a client is told of an upstream's wish, in whole s: one at least. */
export const retryAfterSeconds = (ms: number | null): number => Math.max(LEAST_WAIT_S, Math.ceil((ms ?? 0) / 1_000));

function numeric(header: string | string[] | undefined): number | null {
  const text = first(header)?.trim();
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

const cap = (ms: number): number => Math.min(Math.max(0, Math.ceil(ms)), MAX_RETRY_AFTER_MS);
