import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@relay/core';
import { Redis } from 'ioredis';
import { redisBackend } from '../src/adapters/backends';
import type { LineHealth } from '../src/adapters/failover-ticket-line';
import type { SchedulerBackend } from '../src/ports/scheduler-backend.port';
import type { Scheduler } from '../src/scheduler.service';
import { SILENT, startScheduler } from './scheduler-harness';
import { openStores, type Stores } from './stores';

/** Named so that no embedded database is started; nothing connects to it. */
const UNUSED_DATABASE = 'postgres://127.0.0.1:1/unused';

interface RelayProcess {
  readonly scheduler: Scheduler;
  readonly stores: Stores;
  readonly backend: SchedulerBackend;
}

interface ProcessOptions {
  readonly url?: string;
  readonly health?: LineHealth;
  readonly leaseMs?: number;
  readonly clock?: Clock;
}

/** Relay processes that share one Redis, as far as the scheduler sees: own connections, own bus. */
export class RedisProcesses {
  readonly namespace = `relay-test-${randomUUID()}`;
  private readonly opened: RelayProcess[] = [];

  constructor(private readonly redisUrl: string) {}

  /** A process that knows its slots. */
  async start(slots: number, options: ProcessOptions = {}): Promise<RelayProcess> {
    const { url = this.redisUrl, health = SILENT, leaseMs, clock = systemClock } = options;
    const { namespace } = this;
    const stores = await openStores({ REDIS_URL: url, DATABASE_URL: UNUSED_DATABASE });
    const processId = randomUUID();
    const common = { processId, namespace, queues: stores.queues, clock, health, leaseMs };
    const backend = redisBackend(common, stores.slots!, stores.connections.createSubscriber()!);
    const { scheduler } = startScheduler(backend, { slots }, clock);
    const process = { scheduler, stores, backend };
    this.opened.push(process);
    await scheduler.onApplicationBootstrap();
    return process;
  }

  async stop({ scheduler, stores }: RelayProcess): Promise<void> {
    this.opened.splice(
      this.opened.findIndex((one) => one.scheduler === scheduler),
      1,
    );
    await scheduler.close();
    await stores.close();
  }

  async close(): Promise<void> {
    for (const { scheduler } of this.opened) await scheduler.close();
    for (const { stores } of this.opened.splice(0)) await stores.close();
    await this.forget();
  }

  /** Redis loses all that it knows of these processes. */
  async forget(): Promise<void> {
    const redis = new Redis(this.redisUrl);
    const keys = await redis.keys(`*${this.namespace}*`);
    if (keys.length > 0) await redis.del(...keys);
    await redis.quit();
  }
}
