import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'undici';

/** A connection that takes longer to get ready is given up, in ms. */
const WARM_UP_MS = 10_000;
/** A longer list of models ends the connection, in bytes. */
const MAX_LIST_BYTES = 8 * 1_048_576;

/** One small request on a connection of its own, which then stays open for the first caller. Gives the status; throws like undici. */
export async function warmUp(pool: Pool, path: string, headers: string[], signal: AbortSignal): Promise<number> {
  const limits = { headersTimeout: WARM_UP_MS, bodyTimeout: WARM_UP_MS, signal };
  const { statusCode, body } = await pool.request({ method: 'GET', path, headers, ...limits });
  await body.dump({ limit: MAX_LIST_BYTES, signal });
  await setImmediate(); // undici takes the connection for free a little later than it ends the body
  return statusCode;
}
