import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ENVIRONMENT } from '@relay/config';
import { CLOCK, systemClock } from '@relay/core';
import { RedisConnections, RedisModule } from '@relay/database';
import { saySkipped } from '@relay/testing';
import type { Redis } from 'ioredis';
import { MemoryBudgetStore } from '../budgets/adapters/memory-budget-store';
import { RedisBudgetStore } from '../budgets/adapters/redis-budget-store';
import { SharedBudgetStore } from '../budgets/adapters/shared-budget-store';
import { Budgets } from '../budgets/budgets.service';
import { type Budget, periodName, toNanos } from '../domain/budgets/budget';
import { MemoryRateStore } from '../rates/adapters/memory-rate-store';
import { RedisRateStore } from '../rates/adapters/redis-rate-store';
import { SharedRateStore } from '../rates/adapters/shared-rate-store';
import { RateLimits } from '../rates/rate-limits.service';
import { Scheduler } from '../scheduler.service';
import type { BusMessage } from '../messages';
import { redisBackend } from './backends';
import type { TicketQueues } from './bull-ticket-line';
import { until } from '../../test/scheduler-harness';

const redisUrl = process.env.TEST_REDIS_URL;
if (!redisUrl) saySkipped('a process that stands still, because TEST_REDIS_URL is not set');

/** Longer than anybody waits for Redis. */
const STALL_MS = 1_300;
const ACCOUNT = { name: periodName('month', Date.now()), limit: toNanos(1), stored: 0, keptSeconds: 60 };
const ASK = { tenantId: 'acme', accounts: [ACCOUNT], amount: toNanos(0.6) };
const SCOPES = [{ kind: 'tenant', id: 'acme', limits: { requests: 1 } }] as const;
const ONE = { requests: 1, tokens: 0 };

/** No line is opened. */
const NO_QUEUES: TicketQueues = {
  queue: () => {
    throw new Error('a queue was opened');
  },
  worker: () => {
    throw new Error('a worker was opened');
  },
};

/** Its event loop is blocked just after it wrote to its connections; the answers wait to be read. */
async function standStill(): Promise<void> {
  await setImmediate();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
}

(redisUrl ? describe : describe.skip)('A process that stands still for longer than it waits for Redis', () => {
  const namespace = `test-${randomUUID()}`;
  const lost: unknown[] = [];
  const health = { lost: (error: unknown) => lost.push(error), restored: () => undefined };
  let environment: { REDIS_URL: string };
  let connections: RedisConnections;
  let redis: Redis;

  beforeAll(async () => {
    const url = new URL(redisUrl ?? '');
    url.pathname = '/5';
    environment = { REDIS_URL: url.href };
    connections = new RedisConnections(environment);
    redis = (await connections.connectToCount())!;
  });
  afterAll(async () => {
    const keys = await redis.keys(`*${namespace}*`);
    if (keys.length > 0) await redis.del(...keys);
    await connections.onApplicationShutdown();
  });

  const budgets = (): SharedBudgetStore =>
    new SharedBudgetStore(
      new RedisBudgetStore(redis, namespace),
      new MemoryBudgetStore(systemClock),
      systemClock,
      health,
    );

  it('keeps to the budget of all, and releases what it holds', async () => {
    const [stalled, other] = [budgets(), budgets()];
    const pending = stalled.reserve(ASK);
    await standStill();
    const verdict = await pending;
    if (!verdict.granted) throw new Error('it was refused');
    expect(await other.reserve(ASK)).toMatchObject({ granted: false, sums: [{ held: ASK.amount }] });
    const settling = verdict.entry.settle(toNanos(0.1));
    await standStill();
    await settling;
    expect(await other.reserve(ASK)).toMatchObject({ granted: true, sums: [{ spent: toNanos(0.1), held: 0 }] });
    expect(lost).toEqual([]);
  });

  it('keeps to the rate limits of all', async () => {
    const [stalled, other] = Array.from(
      { length: 2 },
      () =>
        new SharedRateStore(
          new RedisRateStore(redis, namespace),
          new MemoryRateStore(systemClock),
          systemClock,
          health,
        ),
    );
    const pending = stalled?.reserve(SCOPES, ONE);
    await standStill();
    expect(await pending).toMatchObject({ granted: true });
    expect(await other?.reserve(SCOPES, ONE)).toMatchObject({ granted: false });
    expect(lost).toEqual([]);
  });

  it('hears what the ledger granted, and that its messages arrived', async () => {
    const slots = (await connections.connectForSlots())!;
    const backendOf = (processId: string) =>
      redisBackend(
        { processId, namespace, clock: systemClock, health, queues: NO_QUEUES },
        slots,
        connections.createSubscriber()!,
      );
    const [stalled, other] = [backendOf('stalled'), backendOf('other')];
    const heard: BusMessage[] = [];
    await other.bus.start(({ message }) => heard.push(message));
    const claim = { pool: 'p', limit: 3, kept: 0, needed: 2, wanted: 2, processes: 0 };
    const release: BusMessage = { type: 'release', pool: 'p', grantId: 'g' };
    const answers = Promise.all([stalled.slots.balance([claim]), stalled.bus.send('other', release)]);
    await standStill();
    expect(await answers).toMatchObject([[{ granted: 3 }], true]);
    await until(() => heard.length > 0);
    expect(heard).toEqual([release]);
    await stalled.slots.leave();
    await Promise.all([stalled, other].map(({ bus }) => bus.close()));
  });

  it('may settle a hold again when it does not know whether it did', async () => {
    const store = new RedisBudgetStore(redis, namespace);
    const ask = { ...ASK, tenantId: 'globex', amount: toNanos(0.2) };
    const [first, second] = [await store.reserve(ask), await store.reserve(ask)];
    if (!first.granted || !second.granted) throw new Error('it was refused');
    await first.entry.settle(toNanos(0.1));
    await first.entry.settle(toNanos(0.1));
    expect(await store.reserve(ask)).toMatchObject({ sums: [{ spent: toNanos(0.1), held: toNanos(0.2) }] });
    const marks = await redis.keys(`{${namespace}:budget:globex}:settled:*`);
    expect(marks).toHaveLength(1);
    expect(await redis.ttl(marks[0] ?? '')).toBeGreaterThan(60);
  });

  it('counts on connections that wait for late answers', async () => {
    @Global()
    @Module({
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: CLOCK, useValue: systemClock },
        { provide: Scheduler, useValue: { processes: 1 } },
      ],
      exports: [ENVIRONMENT, CLOCK, Scheduler],
    })
    class SurroundingsModule {}
    @Module({ imports: [SurroundingsModule, RedisModule], providers: [Budgets, RateLimits] })
    class LimitsModule {}

    const app = await NestFactory.createApplicationContext(LimitsModule, { logger: false, abortOnError: false });
    const id = randomUUID();
    const budget: Budget = {
      ...{
        id: 'b',
        source: 'database',
        tenantId: id,
        keyId: null,
        period: 'month',
        limitUsd: '1',
        hard: true,
        alerts: [],
      },
    };
    const [held, reserved] = [
      app.get(Budgets).reserve([{ budget, storedUsd: null }], 0.6),
      app.get(RateLimits).reserve([{ ...SCOPES[0], id }], ONE),
    ];
    await standStill();
    expect([await held, await reserved]).toMatchObject([{ ok: true }, { ok: true }]);
    const [hold, reservation] = [await held, await reserved];
    if (hold.ok) hold.value.settle(0.1);
    if (reservation.ok) reservation.value.release();
    // On each connection an answer comes after what was said before.
    await app.get(Budgets).reserve([{ budget, storedUsd: null }], 0);
    await app.get(RateLimits).reserve([{ ...SCOPES[0], id: `${id}-other` }], ONE);
    await app.close();
    const month = periodName('month', systemClock.now());
    const sums = [{ spent: toNanos(0.1), held: 0 }];
    expect(await new RedisBudgetStore(redis, 'relay').reserve({ ...ASK, tenantId: id })).toMatchObject({ sums });
    expect(await new RedisRateStore(redis, 'relay').reserve([{ ...SCOPES[0], id }], ONE)).toMatchObject({
      granted: true,
    });
    await redis.del(`{relay:budget:${id}}:${month}`, `{relay:rates}:tenant:${id}`, `{relay:rates}:tenant:${id}-other`);
  });
});
