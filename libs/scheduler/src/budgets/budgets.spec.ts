import { randomUUID } from 'node:crypto';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { describeBudgetStore } from '../../test/budget-store.contract';
import { type Budget, BudgetAccount, toNanos } from '../domain/budgets/budget';
import { MemoryBudgetStore } from './adapters/memory-budget-store';
import { RedisBudgetStore } from './adapters/redis-budget-store';
import { type CommonBudgetStore, SharedBudgetStore } from './adapters/shared-budget-store';
import { Budgets } from './budgets.service';

const redisUrl = process.env.TEST_REDIS_URL;
if (!redisUrl) saySkipped('budgets in Redis, because TEST_REDIS_URL is not set');

const MINUTE_MS = 60_000;
const ACCOUNT = { name: '2026-11', limit: toNanos(1), stored: 0, keptSeconds: 60 };
const ASK = { tenantId: 'acme', accounts: [ACCOUNT], amount: toNanos(0.2) };
const MONTHLY: Budget = {
  ...{ id: 'config:acme:month', source: 'config', tenantId: 'acme', keyId: null, period: 'month' },
  ...{ limitUsd: '2', hard: true, alerts: [] },
};

describeBudgetStore('accounts in memory', () => new MemoryBudgetStore(new FakeClock()));

(redisUrl ? describe : describe.skip)('with a Redis', () => {
  let redis: Redis;
  beforeAll(() => (redis = new Redis(redisUrl ?? '')));
  afterAll(() => redis.quit());

  describeBudgetStore('accounts in Redis', () => new RedisBudgetStore(redis, `test-${randomUUID()}`));

  it('give up what a dead process held, after an hour', async () => {
    const namespace = `test-${randomUUID()}`;
    const minute = Math.floor(Number((await redis.time())[0]) / 60);
    await redis.hset(
      `{${namespace}:budget:acme}:2026-11`,
      `h${minute - 70}`,
      toNanos(1),
      `h${minute - 60}`,
      toNanos(0.5),
    );
    const verdict = await new RedisBudgetStore(redis, namespace).reserve(ASK);
    expect(verdict).toMatchObject({ granted: true, sums: [{ held: toNanos(0.5) }] });
    await redis.del(`{${namespace}:budget:acme}:2026-11`);
  });
});

describe('an account', () => {
  it('gives up what was never settled, after an hour', () => {
    const account = new BudgetAccount();
    account.hold(0, 5);
    expect(account.sums(60 * MINUTE_MS).held).toBe(5);
    expect(account.sums(66 * MINUTE_MS).held).toBe(0);
  });
});

describe('budgets', () => {
  it('say what is left and when they renew, in UTC', () => {
    const budgets = new Budgets(null, new FakeClock(Date.UTC(2026, 11, 31, 23, 59)));
    const budget = MONTHLY;
    expect(budgets.reserve([{ budget, storedUsd: 1.5 }], 0.6)).toEqual({
      ok: false,
      error: { budget, leftUsd: 0.5, askedUsd: 0.6, renewsAt: Date.UTC(2027, 0, 1) },
    });
  });

  it('name the one that has no room, each with the end of its period', () => {
    const budgets = new Budgets(null, new FakeClock(Date.UTC(2026, 11, 30, 23, 59)));
    const daily: Budget = { ...MONTHLY, id: 'of-the-key', keyId: 'k', period: 'day', limitUsd: '0.5' };
    const inForce = [MONTHLY, daily].map((budget) => ({ budget, storedUsd: null }));
    expect(budgets.reserve(inForce, 0.4)).toMatchObject({ ok: true });
    expect(budgets.reserve(inForce, 0.2)).toMatchObject({
      ok: false,
      error: { budget: { id: 'of-the-key' }, leftUsd: expect.closeTo(0.1), renewsAt: Date.UTC(2026, 11, 31) },
    });
  });

  it('over the same spend count a call once, and the tighter one refuses', async () => {
    const ofTheDatabase: Budget = { ...MONTHLY, id: 'stored', source: 'database', limitUsd: '1' };
    for (const pair of [
      [MONTHLY, ofTheDatabase],
      [ofTheDatabase, MONTHLY],
    ]) {
      const budgets = new Budgets(null, new FakeClock());
      const inForce = pair.map((budget) => ({ budget, storedUsd: null }));
      const held = budgets.reserve(inForce, 0.75);
      if (held instanceof Promise || !held.ok) throw new Error('it was refused');
      expect(await budgets.heldUsd(pair)).toEqual(new Map(pair.map(({ id }) => [id, 0.75])));
      held.value.settle(0.5);
      expect(budgets.reserve(inForce, 0.75)).toMatchObject({
        ok: false,
        error: { budget: { id: 'stored' }, leftUsd: 0.5 },
      });
      expect(budgets.reserve(inForce, 0.5)).toMatchObject({ ok: true });
    }
  });

  it('begin anew with the day, and with the month', () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 29, 12));
    const budgets = new Budgets(null, clock);
    const daily: Budget = { ...MONTHLY, id: 'daily', period: 'day', limitUsd: '1' };
    const spend = (): boolean => {
      const held = budgets.reserve(
        [MONTHLY, daily].map((budget) => ({ budget, storedUsd: null })),
        1,
      );
      if (held instanceof Promise) throw new Error('there is a Redis');
      if (held.ok) held.value.settle(1);
      return held.ok;
    };
    expect([spend(), spend()]).toEqual([true, false]);
    clock.advance(24 * 60 * MINUTE_MS);
    expect([spend(), spend()]).toEqual([true, false]); // now the month is used up
    clock.advance(24 * 60 * MINUTE_MS);
    expect([spend(), spend()]).toEqual([true, false]);
  });

  it('settle a hold once', () => {
    const budgets = new Budgets(null, new FakeClock());
    const inForce = [{ budget: { ...MONTHLY, limitUsd: '1' }, storedUsd: null }];
    const held = budgets.reserve(inForce, 0.5);
    if (held instanceof Promise || !held.ok) throw new Error('it was refused');
    held.value.settle(0.2);
    held.value.settle(0.2);
    expect(budgets.reserve(inForce, 0.8)).toMatchObject({ ok: true });
  });

  it('go on with what was known when the shared accounts went away', async () => {
    const clock = new FakeClock();
    const said: string[] = [];
    let isAway = false;
    const redis = new MemoryBudgetStore(clock);
    const common: CommonBudgetStore = {
      reserve: (ask) => (isAway ? Promise.reject(new Error('connection lost')) : redis.reserve(ask)),
      held: (tenantId, names) => redis.held(tenantId, names),
      ping: () => Promise.resolve(),
    };
    const store = new SharedBudgetStore(common, new MemoryBudgetStore(clock), clock, {
      lost: () => said.push('lost'),
      restored: () => said.push('restored'),
    });
    redis.raise(ASK, [toNanos(0.5)]); // by others
    const first = await store.reserve(ASK);
    isAway = true;
    expect((await store.reserve(ASK)).granted).toBe(true); // 0.5 spent, 0.2 held
    expect((await store.reserve(ASK)).granted).toBe(false);
    if (first.granted) await first.entry.settle(0);
    expect((await store.reserve(ASK)).granted).toBe(true);
    expect(said).toEqual(['lost']);
  });
});
