import { saySkipped } from '@relay/testing';
import { randomUUID } from 'node:crypto';
import { describeMessageBus } from '../../test/message-bus.contract';
import { openStores, type Stores } from '../../test/stores';
import { redisLedgerBench } from '../../test/redis-ledger-bench';
import { describeSlotLedger } from '../../test/slot-ledger.contract';
import { describeTicketLine } from '../../test/ticket-line.contract';
import { BullTicketLine } from './bull-ticket-line';
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

  describe('RedisSlotLedger', () => {
    let ledgers = 0;
    describeSlotLedger(() => redisLedgerBench(stores.redis!, `${namespace}:${ledgers++}`));

    it('settles on when the server has forgotten its scripts', async () => {
      const ledger = redisLedgerBench(stores.redis!, `${namespace}:${ledgers++}`).ledger('a');
      const claim = { pool: 'p', limit: 3, kept: 0, needed: 0, wanted: 1, processes: 0 };
      await ledger.balance([claim]);
      jest.spyOn(stores.redis!, 'evalsha').mockRejectedValueOnce(new Error('NOSCRIPT No matching script.'));
      expect(await ledger.balance([claim])).toMatchObject([{ granted: 3 }]);
    });
  });
});
