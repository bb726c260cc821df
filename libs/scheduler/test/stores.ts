import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ENVIRONMENT, environmentSchema } from '@relay/config';
import { QueueFactory, QueueModule, REDIS, REDIS_OF_SLOTS, RedisConnections, RedisModule } from '@relay/database';
import type { Redis } from 'ioredis';

export interface Stores {
  readonly queues: QueueFactory;
  readonly redis: Redis | null;
  readonly slots: Redis | null; // the connection for them
  readonly connections: RedisConnections;
  close(): Promise<void>;
}

/** The relay's own connections, as one process opens them. */
export async function openStores(environment: Record<string, string>): Promise<Stores> {
  @Global()
  @Module({
    providers: [{ provide: ENVIRONMENT, useValue: environmentSchema.parse(environment) }],
    exports: [ENVIRONMENT],
  })
  class EnvironmentModule {}

  @Module({ imports: [EnvironmentModule, RedisModule, QueueModule] })
  class StoresModule {}

  const app = await NestFactory.createApplicationContext(StoresModule, { logger: ['error'], abortOnError: false });
  return {
    queues: app.get(QueueFactory),
    redis: app.get<Redis | null>(REDIS),
    slots: app.get<Redis | null>(REDIS_OF_SLOTS),
    connections: app.get(RedisConnections),
    close: () => app.close(),
  };
}
