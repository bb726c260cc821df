import { Logger } from '@nestjs/common';
import type { Environment } from '@relay/config';
import { DEFAULT_SCHEMA, runMigrations, setDefaultBackendFactory, type ConnectionOptions } from 'bullmq';
import { Pool, type ClientConfig } from 'pg';
import type { EmbeddedPostgres } from '../pglite/embedded-postgres';
import { connectWithRetry } from '../postgres/connect';
import { KEEP_ALIVE } from '../postgres/keep-alive';
import { closeRedis, openRedis, PATIENT_OPTIONS, waitForRedis } from '../redis/redis-client';
import { EmbeddedNotifications, ServerNotifications } from './notification-source';
import { relayBackend } from './queue-backend';
import { QueuePool } from './queue-pool';

export type QueueBackend = 'redis' | 'postgres';

/** Injection token of the process's `QueueConnection`. */
export const QUEUE_CONNECTION = Symbol('QUEUE_CONNECTION');

/** Connections of one process for queue commands on a PostgreSQL server; notifications have one more. */
const QUEUE_POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** What every Queue and Worker of this process is connected through. */
export interface QueueConnection {
  readonly backend: QueueBackend;
  /** BullMQ's `connection` option; its type knows Redis only. */
  readonly connection: ConnectionOptions;
  /** After every Queue and Worker is closed. */
  close(): Promise<void>;
}

/** Redis if there is one, else the database: the queue library's own tables in the schema `bullmq`. */
export function openQueueConnection(
  environment: Pick<Environment, 'REDIS_URL' | 'DATABASE_URL'>,
  embedded: EmbeddedPostgres | null,
): Promise<QueueConnection> {
  // Queues and Workers, also those that @nestjs/bullmq makes, find the backend by their connection.
  setDefaultBackendFactory(relayBackend);
  if (environment.REDIS_URL) return onRedis(environment.REDIS_URL);
  if (embedded) return onEmbedded(embedded);
  if (environment.DATABASE_URL) return onServer(environment.DATABASE_URL);
  throw new Error('Queues need REDIS_URL, DATABASE_URL or the embedded database.');
}

async function onRedis(url: string): Promise<QueueConnection> {
  const redis = openRedis(url, 'queues', PATIENT_OPTIONS);
  await waitForRedis(redis);
  return { backend: 'redis', connection: redis, close: () => closeRedis(redis) };
}

async function onEmbedded(embedded: EmbeddedPostgres): Promise<QueueConnection> {
  const pool = embedded.borrow();
  await migrate(embedded.pool);
  const notifications = new EmbeddedNotifications(embedded);
  return {
    backend: 'postgres',
    connection: new QueuePool((text, params) => pool.query(text, params), notifications) as ConnectionOptions,
    close: async () => {
      await notifications.close();
      await pool.end();
    },
  };
}

async function onServer(url: string): Promise<QueueConnection> {
  const config: ClientConfig = {
    connectionString: url,
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    application_name: 'llm-relay-queues',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
  const pool = new Pool({ ...config, ...KEEP_ALIVE, max: QUEUE_POOL_SIZE, statement_timeout: STATEMENT_TIMEOUT_MS });
  pool.on('error', (error) => new Logger('Queues').warn(`An idle connection for queues was lost: ${error.message}`));
  await connectWithRetry(url, () => migrate(pool));
  const notifications = new ServerNotifications(config);
  return {
    backend: 'postgres',
    connection: new QueuePool((text, params) => pool.query(text, params), notifications) as ConnectionOptions,
    close: async () => {
      await notifications.close();
      await pool.end();
    },
  };
}

async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
}
