import { saySkipped } from '@relay/testing';
import { randomUUID } from 'node:crypto';
import { describeMessageBus } from '../../test/message-bus.contract';
import { openStores, type Stores } from '../../test/stores';
import { describeTicketLine } from '../../test/ticket-line.contract';
import { BullTicketLine } from './bull-ticket-line';
import { RedisProcessRegistry } from './process-registries';
import { RedisBus } from './redis-bus';

const redisUrl = process.env.TEST_REDIS_URL;
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('the scheduler on Redis, because TEST_REDIS_URL is not set');

describeRedis('on Redis', () => {
  const namespace = `relay-test-${randomUUID()}`;
  let stores: Stores;
  let lines = 0;

  beforeAll(async () => {
    // A database is named so that no embedded one is started; nothing connects to it.
    stores = await openStores({ REDIS_URL: redisUrl!, DATABASE_URL: 'postgres://127.0.0.1:1/unused' });
  });

  afterAll(async () => {
    const keys = (await stores.redis?.keys(`*${namespace}*`)) ?? [];
    if (keys.length > 0) await stores.redis?.del(...keys);
    await stores.close();
  });

  describe('BullTicketLine', () =>
    describeTicketLine(
      () => new BullTicketLine(stores.queues, `{${namespace}:${lines++}}`, 'process', () => performance.now()),
    ));

  describe('RedisBus', () =>
    describeMessageBus((id) => new RedisBus(id, stores.redis!, stores.connections.createSubscriber()!, namespace)));

  it('counts the processes that live', async () => {
    const [a, b] = ['a', 'b'].map((id) => new RedisProcessRegistry(id, stores.redis!, `${namespace}:processes`));
    expect(await a!.beat()).toBe(1);
    expect(await b!.beat()).toBe(2);
    expect(await a!.beat()).toBe(2);
    await b!.leave();
    expect(await a!.beat()).toBe(1);
  });
});
