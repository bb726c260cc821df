import type { ToldLimits } from '@relay/contracts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A longer number than this is nonsense, in characters; so is a longer duration. */
const MAX_CHARS = 40;
/** Resets further away than this are nonsense, ms: no provider counts over more than a month. */
const MAX_RESET_MS = 31 * 86_400_000;
/** 2001, in ms since the epoch. */
const FIRST_EPOCH_MS = 1e12;
/** More requests or tokens than this are as good as no limit. */
const MAX_REMAINING = 1e12;
/** `1h2m3.5s`, `6m0s`, `20ms`: Go's notation, as OpenAI and Groq have it. */
const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;
const NUMBER = /^\d+(?:\.\d+)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1_000, 1];

/** A kind of limit by its headers; each provider has its own names. */
interface Source {
  readonly of: 'requests' | 'tokens';
  readonly remaining: string;
  readonly reset: string;
  readonly resetMs: (text: string, nowMs: number) => number | null; // from now
}

const SOURCES: readonly Source[] = [
  ...(['requests', 'tokens'] as const).map((of): Source => {
    return { of, remaining: `x-ratelimit-remaining-${of}`, reset: `x-ratelimit-reset-${of}`, resetMs: durationMs };
  }),
  ...(['requests', 'tokens', 'input-tokens', 'output-tokens'] as const).map((what): Source => {
    const prefix = `anthropic-ratelimit-${what}`;
    const of = what === 'requests' ? what : 'tokens';
    return { of, remaining: `${prefix}-remaining`, reset: `${prefix}-reset`, resetMs: dateMs };
  }),
  // Fireworks: input and output apart.
  ...['tokens-prompt', 'tokens-generated'].map((what): Source => {
    return {
      of: 'tokens',
      remaining: `x-ratelimit-remaining-${what}`,
      reset: `x-ratelimit-reset-${what}`,
      resetMs: durationMs,
    };
  }),
  // Mistral: of the running minute.
  ...(['requests', 'tokens'] as const).map((of): Source => {
    const what = of === 'requests' ? 'req' : of;
    return {
      of,
      remaining: `x-ratelimit-remaining-${what}-minute`,
      reset: `x-ratelimit-reset-${what}-minute`,
      resetMs: durationMs,
    };
  }),
  // Together, in seconds; OpenRouter has the first of them too, with the time of the reset in ms since the epoch.
  { of: 'requests', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset', resetMs: epochOrDurationMs },
  { of: 'tokens', remaining: 'x-tokenlimit-remaining', reset: 'x-ratelimit-reset', resetMs: epochOrDurationMs },
  // IETF draft ratelimit-headers, up to its version 06: seconds.
  { of: 'requests', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset', resetMs: durationMs },
];

/** Where the two kinds stand in what was told. */
const FIELDS = {
  requests: ['remainingRequests', 'requestsResetMs'],
  tokens: ['remainingTokens', 'tokensResetMs'],
} as const;

type Told = { -readonly [Key in keyof ToldLimits]: ToldLimits[Key] };

/**
 * What a provider says of its rate limits in the headers of a reply (see `SOURCES`), nonsense left out; null where it says
 * nothing. Of several limits of one kind the one that leaves least counts. `nowMs`: wall clock, ms since the epoch.
 */
export function toldLimits(headers: Headers, nowMs: number): ToldLimits | null {
  let told: Told | null = null;
  for (const source of SOURCES) {
    const said = headers[source.remaining];
    if (said === undefined) continue;
    const remaining = count(said);
    if (remaining !== null) note((told ??= {}), source.of, remaining, resetOf(headers[source.reset], source, nowMs));
  }
  return told;
}

/** The same as it stands `agoMs` after it was told; what has been reset since is left out. */
export function toldEarlier(told: ToldLimits, agoMs: number): ToldLimits {
  const now: Told = {};
  for (const kind of ['requests', 'tokens'] as const) {
    const remaining = told[FIELDS[kind][0]];
    const resetMs = told[FIELDS[kind][1]];
    if (remaining === undefined || (resetMs !== undefined && resetMs <= agoMs)) continue;
    note(now, kind, remaining, resetMs === undefined ? null : resetMs - agoMs);
  }
  return now;
}

function note(told: Told, of: Source['of'], remaining: number, resetMs: number | null): void {
  const [remainingKey, resetKey] = FIELDS[of];
  if ((told[remainingKey] ?? Infinity) <= remaining) return;
  told[remainingKey] = remaining;
  if (resetMs === null) delete told[resetKey];
  else told[resetKey] = resetMs;
}

function count(header: string | string[]): number | null {
  const text = first(header);
  if (text.length > MAX_CHARS || !NUMBER.test(text)) return null;
  return Math.min(Math.floor(Number(text)), MAX_REMAINING);
}

function resetOf(header: string | string[] | undefined, { resetMs }: Source, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = first(header);
  const ms = text === '' || text.length > MAX_CHARS ? null : resetMs(text, nowMs);
  return ms === null || ms < 0 || ms > MAX_RESET_MS ? null : Math.ceil(ms);
}

/** A bare number is seconds. */
function durationMs(text: string): number | null {
  if (NUMBER.test(text)) return Number(text) * 1_000;
  const parts = DURATION.exec(text)?.slice(1);
  return parts ? parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (UNIT_MS[i] ?? 0), 0) : null;
}

/** A number that large is a time, not a duration. */
function epochOrDurationMs(text: string, nowMs: number): number | null {
  return NUMBER.test(text) && Number(text) > FIRST_EPOCH_MS ? Number(text) - nowMs : durationMs(text);
}

/** RFC 3339. */
function dateMs(text: string, nowMs: number): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at - nowMs;
}

const first = (header: string | string[]): string => (Array.isArray(header) ? (header[0] ?? '') : header).trim();
