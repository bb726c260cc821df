export { BoundedReader, REPORT_TIMEOUT_MS } from './bounded-reader';
export * from './database.module';
export { MIGRATIONS } from './migrations';
export { EmbeddedPostgres } from './pglite/embedded-postgres';
export { warmUpDatabase } from './pglite/embedded-postgres.provider';
export { afterDeadlocks } from './postgres/after-deadlocks';
export { isBadData, sqlState } from './postgres/bad-data';
export { dropPartitionsBefore, ensureDailyPartitions, type PartitionedTable } from './postgres/daily-partitions';
export { openDataSource } from './postgres/data-source.factory';
export { dataSourceOptions } from './postgres/data-source.options';
export { checkEncryptionKey } from './postgres/encryption-check';
export { DatabaseHealth } from './postgres/database.health';
export { IS_OF_A_MODEL } from './model-requests.sql';
export { traceCallsSql } from './trace-calls.sql';
export { CachedScript } from './redis/cached-script';
export { RedisConnections } from './redis/redis-connections.service';
export { RedisHealth } from './redis/redis.health';
export { RedisModule } from './redis/redis.module';
export { REDIS, REDIS_OF_COUNTS, REDIS_OF_SLOTS } from './redis/redis.tokens';
export { moveBehindEquals } from './queues/behind-equals';
export {
  QueueFactory,
  type RelayQueue,
  type RelayQueueOptions,
  type RelayWorker,
  type RelayWorkerOptions,
} from './queues/queue-factory.service';
export type { QueueBackend } from './queues/queue-connection';
export { QueueModule } from './queues/queue.module';
