import { createPostgresBackend, createRedisBackend, type BackendFactory, type IQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import { QueuePool } from './queue-pool';

export type QueueTransport = Redis | QueuePool;

/** Picks BullMQ's backend by the connection it is given, so both can be used in one process. */
export const relayBackend: BackendFactory<IQueueBackend, QueueTransport> = (name, options, backendOptions) => {
  const { connection } = options;
  return connection instanceof QueuePool
    ? createPostgresBackend(name, { ...options, connection }, backendOptions)
    : createRedisBackend(name, { ...options, connection }, backendOptions);
};

/** Key prefix on Redis of every queue that is not given another: a hash tag, as Redis Cluster needs. */
export const DEFAULT_QUEUE_PREFIX = '{relay}';

/**
 * Where a queue lives. Redis keeps queues apart by key prefix; the PostgreSQL backend knows no prefix, so there the name
 * carries it: `inference-short` with `{relay:pool-a}` is the queue `inference-short@{relay%3Apool-a}` (BullMQ forbids ":").
 */
export function queuePlace(
  backend: 'redis' | 'postgres',
  name: string,
  prefix: string = DEFAULT_QUEUE_PREFIX,
): { readonly name: string; readonly prefix: string } {
  if (backend === 'redis' || prefix === DEFAULT_QUEUE_PREFIX) return { name, prefix };
  return { name: `${name}@${prefix.replaceAll('%', '%25').replaceAll(':', '%3A')}`, prefix };
}
