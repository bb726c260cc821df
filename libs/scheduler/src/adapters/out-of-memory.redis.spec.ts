import { FakeClock, saySkipped } from '@relay/testing';
import { OwnRedis } from '../../test/own-redis';
import { openStores, type Stores } from '../../test/stores';
import { RedisBudgetStore } from '../budgets/adapters/redis-budget-store';
import type { LineTicket } from '../ports/ticket-line.port';
import { RedisRateStore } from '../rates/adapters/redis-rate-store';
import { BullTicketLine } from './bull-ticket-line';
import { FailoverTicketLine } from './failover-ticket-line';

const enabled = process.env.TEST_REDIS_URL !== undefined; // where there is a server there is redis-server to start another
if (!enabled) saySkipped('Redis out of memory, because TEST_REDIS_URL is not set');

const TICKET: LineTicket = {
  ...{ id: 't-a', priority: 1 },
  data: { pool: 'p', tenant: 't', class: 'short', owner: 'o', cost: 5, level: 'standard' as const, tag: 0 },
};
/** The rhythm in which a store that is away is tried, ms. */
const RETRY_MS = 2_000;

(enabled ? describe : describe.skip)('A Redis that is out of memory', () => {
  let redis: OwnRedis;
  let stores: Stores;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    stores = await openStores({ REDIS_URL: redis.url, DATABASE_URL: 'postgres://127.0.0.1:1/unused' });
  });

  afterAll(async () => {
    await stores.close();
    await redis.stop();
  });

  const fill = () => redis.admin.config('SET', 'maxmemory', '1');
  const free = () => redis.admin.config('SET', 'maxmemory', '0');

  it('is said to be away once, and back when it takes tickets again', async () => {
    const clock = new FakeClock();
    const said: string[] = [];
    const health = { lost: () => said.push('lost'), restored: () => said.push('restored') };
    const shared = new BullTicketLine(stores.queues, '{oom:p}', 'process', () => clock.monotonic());
    const line = new FailoverTicketLine(shared, clock, health);
    await fill();
    expect(await line.take('short')).toBeNull(); // nothing waits
    for (let tries = 0; tries < 3; tries++) {
      await line.add(TICKET);
      await line.remove(TICKET);
      clock.advance(RETRY_MS);
      await line.renew();
    }
    expect(said).toEqual(['lost']);
    await free();
    clock.advance(RETRY_MS);
    await line.renew();
    await line.add(TICKET);
    expect(said).toEqual(['lost', 'restored']);
    expect(await shared.take('short')).toMatchObject({ id: 't-a' });
    expect(await shared.take('short')).toBeNull(); // no probe is left
    await line.close();
  });

  it('is not taken for one that can count', async () => {
    const all = [new RedisRateStore(stores.redis!, 'oom'), new RedisBudgetStore(stores.redis!, 'oom')];
    await fill();
    for (const store of all) await expect(store.ping()).rejects.toThrow(/OOM/);
    await free();
    for (const store of all) await store.ping();
  });
});
