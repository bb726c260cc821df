import * as fc from 'fast-check';
import { FakeClock, saySkipped } from '@relay/testing';
import { randomUUID } from 'node:crypto';
import { CONTRACT_LEASE_MS } from '../../test/ledger-user';
import { describeMessageBus } from '../../test/message-bus.contract';
import { openStores, type Stores } from '../../test/stores';
import { redisLedgerBench } from '../../test/redis-ledger-bench';
import { describeSlotLedger } from '../../test/slot-ledger.contract';
import { until } from '../../test/scheduler-harness';
import { describeTicketLine } from '../../test/ticket-line.contract';
import type { BusMessage } from '../messages';
import { BullTicketLine } from './bull-ticket-line';
import { LedgerMemory, MemorySlotLedger } from './memory-slot-ledger';
import { RedisBus } from './redis-bus';

const OTHER_DATABASE = 15; // nothing is written there
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

  describe('RedisBus', () => {
    describeMessageBus((id) => new RedisBus(id, stores.slots!, stores.connections.createSubscriber()!, namespace));

    it('does not broadcast to a relay in another database of the server', async () => {
      const redis = stores.redis!.duplicate({ db: OTHER_DATABASE, enableOfflineQueue: true });
      const stranger = new RedisBus('stranger', redis, redis.duplicate(), namespace);
      const heard: BusMessage[] = [];
      await stranger.start(({ message }) => heard.push(message));
      const sender = new RedisBus('sender', stores.redis!, redis, namespace);
      await sender.broadcast({ type: 'hello' });
      const later: BusMessage = { type: 'release', pool: 'p', grantId: 'g' };
      await sender.send('stranger', later); // on the same connections, so it comes after what was sent before
      await until(() => heard.length > 0);
      expect(heard).toEqual([later]);
      await stranger.close();
      await redis.quit();
    });
  });

  describe('RedisSlotLedger', () => {
    let ledgers = 0;
    describeSlotLedger(() => redisLedgerBench(stores.slots!, `${namespace}:${ledgers++}`));

    it('settles every claim as the ledger in memory does', async () => {
      const claims = fc.array(
        fc.record({
          ...{ who: fc.nat(3), limit: fc.integer({ min: 4, max: 12 }), kept: fc.nat(12) },
          ...{ needed: fc.nat(12), spare: fc.nat(4), processes: fc.nat(5) },
        }),
        { maxLength: 20 },
      );
      const property = fc.asyncProperty(claims, async (steps) => {
        const pool = `random-${ledgers++}`;
        const redis = redisLedgerBench(stores.redis!, namespace);
        const [clock, memory] = [new FakeClock(), new LedgerMemory()];
        for (const { who, spare, ...step } of steps) {
          const [id, claim] = [`p${who}`, { ...step, pool, wanted: step.needed + spare }];
          const inMemory = new MemorySlotLedger(id, clock, memory, CONTRACT_LEASE_MS).balance([claim]);
          expect(await redis.ledger(id).balance([claim])).toEqual(inMemory);
        }
      });
      await fc.assert(property, { numRuns: 40 });
    });

    it('settles on when the server has forgotten its scripts', async () => {
      const ledger = redisLedgerBench(stores.redis!, `${namespace}:${ledgers++}`).ledger('a');
      const claim = { pool: 'p', limit: 3, kept: 0, needed: 0, wanted: 1, processes: 0 };
      await ledger.balance([claim]);
      jest.spyOn(stores.redis!, 'evalsha').mockRejectedValueOnce(new Error('NOSCRIPT No matching script.'));
      expect(await ledger.balance([claim])).toMatchObject([{ granted: 3 }]);
    });
  });
});
