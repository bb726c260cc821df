import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { within } from '../within';

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_DELAY_MS = 2_000;
const RECONNECT_STEP_MS = 100;
/** Longest wait for one command; whoever asks on a request's way must have an answer or go on without. */
const COMMAND_TIMEOUT_MS = 250;
/**
 * The same for what counts: a second is waited for an answer there (`StoreWatch` of the scheduler), and one that comes later still is of
 * use, since what it grants is given back. Only so many may be outstanding where a server falls silent.
 */
const COUNT_TIMEOUT_MS = 30_000;
/** How long Redis has to take leave of a process that stops. */
const CLOSE_TIMEOUT_MS = 1_000;
/** How long a starting relay waits for Redis before it goes on without; the client keeps trying. */
const START_TIMEOUT_MS = 5_000;

const SHARED: RedisOptions = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  keepAlive: 10_000,
  retryStrategy: (attempt) => Math.min(attempt * RECONNECT_STEP_MS, MAX_RECONNECT_DELAY_MS),
};

/** For commands: answers soon or fails, also while Redis is away. */
export const COMMAND_OPTIONS: RedisOptions = {
  ...SHARED,
  commandTimeout: COMMAND_TIMEOUT_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
};

/** For slots, limits and budgets: fails at once while Redis is away, and else gives what Redis said, however late. */
export const COUNT_OPTIONS: RedisOptions = { ...COMMAND_OPTIONS, commandTimeout: COUNT_TIMEOUT_MS };

/** For subscriptions and for BullMQ: waits for Redis to come back, and subscribes again then. */
export const PATIENT_OPTIONS: RedisOptions = { ...SHARED, maxRetriesPerRequest: null };

/** Which class a client is of. */
export type RedisClient = new (url: string, options: RedisOptions) => Redis;

/** A connected (or connecting) client that logs once when Redis goes away and once when it is back. */
export function openRedis(url: string, name: string, options: RedisOptions, Client: RedisClient = Redis): Redis {
  const logger = new Logger('Redis');
  const redis = new Client(url, { ...options, connectionName: `llm-relay:${name}` });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.error(`Redis (${name}) is away: ${error.message || (error as NodeJS.ErrnoException).code}`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log(`Redis (${name}) is back.`);
    away = false;
  });
  return redis;
}

/** Resolves when the client is connected, or after 5 s without: Redis being away degrades the relay, it does not stop it. */
export function waitForRedis(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      redis.off('ready', done);
      resolve();
    };
    const timer = setTimeout(done, START_TIMEOUT_MS);
    redis.once('ready', done);
  });
}

/** Says good-bye if Redis is there to hear it, else hangs up. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') return redis.disconnect();
  await within(CLOSE_TIMEOUT_MS, 'Redis', redis.quit()).catch(() => redis.disconnect());
}
