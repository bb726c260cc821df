import { HEADERS } from '@relay/contracts';
import type { RateKind, RateRoom, RateStanding } from '@relay/scheduler';

const MS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;

/** The scope that has least left, for requests and for tokens; null where nobody has a limit. */
export function tightest(standings: readonly RateStanding[]): RateStanding {
  const least = (kind: RateKind): RateRoom | null =>
    standings.reduce<RateRoom | null>((found, standing) => {
      const room = standing[kind];
      return room !== null && (found === null || room.remaining < found.remaining) ? room : found;
    }, null);
  return { requests: least('requests'), tokens: least('tokens') };
}

/** As OpenAI has them (platform.openai.com/docs/guides/rate-limits): names and values in turn, added to `headers`. */
export function addRateHeaders(headers: string[], { requests, tokens }: RateStanding): void {
  if (requests !== null) {
    headers.push(HEADERS.rateLimitRequests, String(requests.limit));
    headers.push(HEADERS.rateRemainingRequests, String(requests.remaining));
    headers.push(HEADERS.rateResetRequests, durationOf(requests.resetMs));
  }
  if (tokens !== null) {
    headers.push(HEADERS.rateLimitTokens, String(tokens.limit));
    headers.push(HEADERS.rateRemainingTokens, String(tokens.remaining));
    headers.push(HEADERS.rateResetTokens, durationOf(tokens.resetMs));
  }
}

/** `0s`, `850ms`, `12s`, `1m0s`. */
function durationOf(ms: number): string {
  if (ms > 0 && ms < MS_PER_SECOND) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / MS_PER_SECOND);
  if (seconds < SECONDS_PER_MINUTE) return `${seconds}s`;
  return `${Math.floor(seconds / SECONDS_PER_MINUTE)}m${seconds % SECONDS_PER_MINUTE}s`;
}
