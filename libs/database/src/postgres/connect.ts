import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

/** How long a starting relay waits for its database server: about 30 s in all. */
const MAX_ATTEMPTS = 15;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 2_500;

/** Errors that pass by themselves: nobody listens (yet), name not known (yet), server starting or stopping, all places taken. */
const TRANSIENT = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P03',
  '57P01',
  '53300',
]);

const logger = new Logger('Database');

export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return error instanceof Error && /timeout/i.test(error.message) ? 'ETIMEDOUT' : '';
}

/** The address without user and password. */
export function withoutCredentials(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

interface ConnectOptions {
  readonly attempts?: number;
  readonly firstDelayMs?: number;
}

/** Calls `connect` until it succeeds, waiting out a server that is not up yet. Wrong credentials and the like fail at once. */
export async function connectWithRetry<T>(
  url: string,
  connect: () => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const attempts = options.attempts ?? MAX_ATTEMPTS;
  let delayMs = options.firstDelayMs ?? FIRST_DELAY_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect();
    } catch (error) {
      const code = codeOf(error);
      if (!TRANSIENT.has(code) || attempt >= attempts) throw unreachable(url, attempt, error);
      if (attempt === 1)
        logger.warn(`PostgreSQL at ${withoutCredentials(url)} does not answer (${code}); trying again.`);
      await sleep(delayMs);
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    }
  }
}

function unreachable(url: string, attempts: number, cause: unknown): DatabaseUnreachableError {
  const reason = cause instanceof Error && cause.message ? cause.message : codeOf(cause);
  const tries = attempts === 1 ? '' : ` after ${attempts} attempts`;
  return new DatabaseUnreachableError(
    `Cannot use PostgreSQL at ${withoutCredentials(url)}${tries}: ${reason}. Check DATABASE_URL, or unset it to use the embedded database.`,
    { cause },
  );
}
