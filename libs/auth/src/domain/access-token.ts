import { z } from 'zod';

export const JWT_ALGORITHM = 'HS256';
export const JWT_ISSUER = 'llm-relay';
export const JWT_AUDIENCE = 'llm-relay/api';
export const ACCESS_TOKEN_SECONDS = 15 * 60;
export const REFRESH_TOKEN_SECONDS = 14 * 24 * 60 * 60;

/** What the relay reads of an access token. The role is not in it: it is looked up, so that a change holds at once. */
export const accessTokenSchema = z.object({ sub: z.uuid(), iat: z.int() });
