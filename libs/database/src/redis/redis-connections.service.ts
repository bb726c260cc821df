import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ENVIRONMENT, type Environment } from '@relay/config';
import type { Redis } from 'ioredis';
import { closeRedis, COMMAND_OPTIONS, openRedis, PATIENT_OPTIONS, waitForRedis } from './redis-client';

/** Every Redis connection of this process outside BullMQ; closes them on shutdown. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly open = new Set<Redis>();

  constructor(@Inject(ENVIRONMENT) private readonly environment: Pick<Environment, 'REDIS_URL'>) {}

  /** The client for commands, or null when REDIS_URL is not set. */
  async connect(): Promise<Redis | null> {
    const client = this.openOne('commands', COMMAND_OPTIONS);
    if (client) await waitForRedis(client);
    return client;
  }

  /** A connection of its own for `subscribe`, or null when REDIS_URL is not set. It subscribes again after an outage. */
  createSubscriber(): Redis | null {
    return this.openOne('subscriber', PATIENT_OPTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.open].map(closeRedis));
    this.open.clear();
  }

  private openOne(name: string, options: typeof COMMAND_OPTIONS): Redis | null {
    if (!this.environment.REDIS_URL) return null;
    const redis = openRedis(this.environment.REDIS_URL, name, options);
    this.open.add(redis);
    redis.once('end', () => this.open.delete(redis));
    return redis;
  }
}
