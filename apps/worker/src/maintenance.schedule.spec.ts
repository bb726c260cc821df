import { once } from 'node:events';
import { MAINTENANCE_JOBS } from '@relay/contracts';
import { FakeClock, saySkipped } from '@relay/testing';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { MaintenanceSchedule } from './maintenance.schedule';

const redisUrl = process.env.TEST_REDIS_URL ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('the schedule of maintenance on Redis, because TEST_REDIS_URL is not set');

const REDIS_DB = 13; // of its own, emptied before and in the middle
const MINUTE_MS = 60_000;
const JOBS = Object.values(MAINTENANCE_JOBS);

describeRedis('the schedule of maintenance', () => {
  let redis: Redis;
  let queue: Queue;
  let worker: Worker;
  let clock: FakeClock;
  let schedule: MaintenanceSchedule;
  let heard: { names: string[]; all: () => void };

  beforeEach(async () => {
    const { hostname, port } = new URL(redisUrl);
    const connection = { host: hostname, port: Number(port || 6379), db: REDIS_DB, maxRetriesPerRequest: null };
    redis = new Redis(connection);
    await redis.flushdb();
    queue = new Queue('schedule', { connection });
    heard = { names: [], all: () => undefined };
    worker = new Worker('schedule', () => Promise.resolve(), { connection });
    worker.on('completed', ({ name }) => {
      heard.names.push(name);
      if (heard.names.length === JOBS.length) heard.all();
    });
    worker.on('error', () => undefined); // what it held is gone with the rest
    await once(worker, 'ready');
    clock = new FakeClock();
    schedule = new MaintenanceSchedule(queue, clock);
  });
  afterEach(async () => {
    schedule.onModuleDestroy();
    await worker.close();
    await queue.close();
    await redis.flushdb();
    await redis.quit();
  });
  /** Resolves when each kind of maintenance was done once from now on. */
  const allDone = (): Promise<void> => {
    heard.names.length = 0;
    return new Promise((resolve) => (heard.all = resolve));
  };
  /** Resolves when all are scheduled, and the next look is due in a minute. */
  const assured = async (): Promise<void> => {
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it('comes back by itself after Redis was emptied', async () => {
    const first = allDone();
    schedule.onApplicationBootstrap();
    await first;
    await assured();
    await redis.flushdb();
    const again = allDone();
    clock.advance(MINUTE_MS);
    await again;
    expect([...heard.names].sort()).toEqual([...JOBS].sort());
  });

  it('stays as it is where it is there: each has one job to come, at the time that it had', async () => {
    const first = allDone();
    schedule.onApplicationBootstrap();
    await first;
    await assured();
    const before = (await queue.getDelayed()).map(({ id }) => id).sort();
    clock.advance(MINUTE_MS);
    await assured();
    expect((await queue.getDelayed()).map(({ id }) => id).sort()).toEqual(before);
    expect(before).toHaveLength(JOBS.length);
  });

  it('ends with the process', async () => {
    schedule.onApplicationBootstrap();
    await assured();
    schedule.onModuleDestroy();
    expect(clock.pending).toBe(0);
  });
});
