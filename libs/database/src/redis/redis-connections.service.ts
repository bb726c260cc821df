import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT, type Environment } from '@relay/config';
import type { Redis, RedisOptions } from 'ioredis';
import {
  closeRedis,
  COMMAND_OPTIONS,
  COUNT_OPTIONS,
  openRedis,
  PATIENT_OPTIONS,
  waitForRedis,
  type RedisClient,
} from './redis-client';
import { TurnRedis } from './turn-redis';

/** Every Redis connection of this process outside BullMQ; closes them on shutdown. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly open = new Set<Redis>();

  constructor(@Inject(ENVIRONMENT) private readonly environment: Pick<Environment, 'REDIS_URL'>) {}

  /** The client for commands, or null when REDIS_URL is not set. */
  connect(): Promise<Redis | null> {
    return this.openReady('commands', COMMAND_OPTIONS, TurnRedis);
  }

  /** The client for limits and budgets, or null when REDIS_URL is not set. */
  connectToCount(): Promise<Redis | null> {
    return this.openReady('counts', COUNT_OPTIONS, TurnRedis);
  }

  /** The client for slots and the messages about them, or null when REDIS_URL is not set: each command goes out at once, for the next grant waits for it. */
  connectForSlots(): Promise<Redis | null> {
    return this.openReady('slots', COUNT_OPTIONS);
  }

  /** A connection of its own for `subscribe`, or null when REDIS_URL is not set. It subscribes again after an outage. */
  createSubscriber(): Redis | null {
    return this.openOne('subscriber', PATIENT_OPTIONS);
  }

  /** A connection of its own for `publish`, or null when REDIS_URL is not set: what is published goes out at once, however late Redis says that it did. */
  createPublisher(): Redis | null {
    return this.openOne('publisher', COUNT_OPTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.open].map(closeRedis));
    this.open.clear();
  }

  private async openReady(name: string, options: RedisOptions, Client?: RedisClient): Promise<Redis | null> {
    const client = this.openOne(name, options, Client);
    if (client) await waitForRedis(client);
    return client;
  }

  private openOne(name: string, options: RedisOptions, Client?: RedisClient): Redis | null {
    if (!this.environment.REDIS_URL) return null;
    const redis = openRedis(this.environment.REDIS_URL, name, options, Client);
    this.open.add(redis);
    redis.once('end', () => this.open.delete(redis));
    return redis;
  }
}
