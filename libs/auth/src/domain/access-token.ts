import { z } from 'zod';

export const JWT_ISSUER = 'llm-relay';
export const JWT_AUDIENCE = 'llm-relay/api';
export const ACCESS_TOKEN_SECONDS = 15 * 60;
export const REFRESH_TOKEN_SECONDS = 14 * 24 * 60 * 60;

/** What the relay reads of an access token. The role is not in it: it is looked up, so that a change holds at once. */
export const accessTokenSchema = z.object({ sub: z.uuid(), iat: z.int() });

/** How far the clocks of two processes may be apart, s. */
const MAX_AHEAD_SECONDS = 60;

/** Whether a token says that it was issued later than now: it is made up, or a clock was set back, and then its end means nothing. */
export function isFromFuture({ iat }: z.infer<typeof accessTokenSchema>, nowMs: number): boolean {
  return iat > nowMs / 1_000 + MAX_AHEAD_SECONDS;
}
