import { ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { REDIS, RedisConnections } from '@relay/database';
import type { FactoryProvider } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { CHANGE_BUS, type ChangeBus } from './change-bus.port';
import { PostgresChangeBus } from './postgres-change-bus';
import { RedisChangeBus } from './redis-change-bus';

/** Redis where there is one, else the server of DATABASE_URL; an embedded database has one process, which needs none. */
export const changeBusProvider: FactoryProvider<ChangeBus | null> = {
  provide: CHANGE_BUS,
  inject: [
    ENVIRONMENT,
    CLOCK,
    getDataSourceToken(),
    { token: REDIS, optional: true },
    { token: RedisConnections, optional: true },
  ],
  useFactory: (
    { DATABASE_URL: url }: Pick<Environment, 'DATABASE_URL'>,
    clock: Clock,
    dataSource: DataSource,
    redis: Redis | null | undefined,
    connections: RedisConnections | undefined,
  ) => {
    const subscriber = redis ? connections?.createSubscriber() : null;
    if (redis && subscriber) return new RedisChangeBus(redis, subscriber);
    return url === undefined ? null : new PostgresChangeBus(dataSource, url, clock);
  },
};
