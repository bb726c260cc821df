/** What a client's `Cache-Control` request header asks for (RFC 9111, section 5.2.1). */
export interface CacheDirectives {
  /** Do not answer from the cache; the fresh answer may be stored. */
  readonly noCache: boolean;
  /** Do not store the answer. */
  readonly noStore: boolean;
  /** Answer from the cache or not at all. */
  readonly onlyIfCached: boolean;
  /** Oldest acceptable answer, in seconds. */
  readonly maxAgeSeconds?: number;
}

/** What larger numbers count as (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

const NO_DIRECTIVES: CacheDirectives = { noCache: false, noStore: false, onlyIfCached: false };

/** Reads the header; unknown directives are ignored. An unreadable `max-age` counts as 0, as RFC 9111 4.2.1 advises: rather fresh than stale. */
export function parseCacheControl(header: string | undefined): CacheDirectives {
  if (!header) return NO_DIRECTIVES;
  let { noCache, noStore, onlyIfCached } = NO_DIRECTIVES;
  let maxAgeSeconds: number | undefined;
  for (const directive of header.toLowerCase().split(',')) {
    const [name, argument] = splitDirective(directive);
    if (name === 'no-cache') noCache = true;
    else if (name === 'no-store') noStore = true;
    else if (name === 'only-if-cached') onlyIfCached = true;
    else if (name === 'max-age') maxAgeSeconds = Math.min(maxAgeSeconds ?? Infinity, parseSeconds(argument));
  }
  return maxAgeSeconds === undefined
    ? { noCache, noStore, onlyIfCached }
    : { noCache, noStore, onlyIfCached, maxAgeSeconds };
}

function splitDirective(directive: string): [name: string, argument: string] {
  const equals = directive.indexOf('=');
  if (equals < 0) return [directive.trim(), ''];
  return [directive.slice(0, equals).trim(), directive.slice(equals + 1).trim()];
}

function parseSeconds(argument: string): number {
  const digits = /^"?(\d+)"?$/.exec(argument)?.[1];
  return digits === undefined ? 0 : Math.min(Number(digits), MAX_SECONDS);
}
