import { aPlan, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type Decision, usageQuerySchema, type UsageRow, usageSchema, usageSeriesQuerySchema } from '@relay/contracts';
import { systemClock, type Clock } from '@relay/core';
import { dropPartitionsBefore } from '@relay/database';
import { aTrace } from '../../test/trace-record.builder';
import { traceKit } from '../../test/recorder-kit';
import type { TraceRecord } from '../domain/trace-record';
import { UsageRollups } from './usage-rollups';
import { UsageStore } from './usage.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('usage on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_e_usage')]);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 2, 20, 12, 30);
const TABLES = [
  ...['usage_hourly', 'usage_daily', 'usage_tags_hourly', 'usage_tags_daily', 'usage_margins_hourly'],
  ...['usage_margins_daily', 'usage_touched', 'usage_days'],
];

describe.each(backends)('usage on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;
  let now: number;
  let usage: UsageStore;
  let rollups: UsageRollups;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.dataSource.query(`TRUNCATE request_traces, request_payloads, execution_plans, ${TABLES.join(', ')}`);
    await database.dataSource.query(`UPDATE usage_state SET frozen_before = '-infinity'`);
    await database.dataSource.query('DELETE FROM usage_references');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    kit.recorder.onModuleInit();
    now = NOW;
    const clock: Clock = { ...systemClock, now: () => now };
    usage = new UsageStore(database.dataSource, kit.recorder, clock);
    rollups = new UsageRollups(database.dataSource, clock);
  });
  afterEach(async () => {
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  const record = (changes: Partial<TraceRecord> = {}, at = NOW - HOUR_MS): void =>
    kit.recorder.record(aTrace(at, changes), null, null);
  const read = async (query: object = {}, scope: string | null = null) => {
    await kit.recorder.flush();
    const found = await usage.read(usageQuerySchema.parse(query), scope);
    if (!found.ok) throw found.error;
    return usageSchema.parse(found.value);
  };
  const roll = async () => {
    await kit.recorder.flush();
    return rollups.run();
  };
  const counted = async (table: string): Promise<number> => {
    const [row]: { n: string }[] = await database.dataSource.query(
      `SELECT coalesce(sum(requests), 0) AS n FROM ${table}`,
    );
    return Number(row?.n);
  };

  it('is the same from sums of all tenants, of those of each, and of some of both, and makes up for sums that are missing', async () => {
    const days = [0, 1, 2].map((n) => NOW - n * DAY_MS - HOUR_MS);
    for (const at of days)
      for (const tenant of ['acme', 'globex', null])
        record({ tenant, keyId: tenant, costUsd: '0.000000000001', totalMs: 7, tags: ['x', tenant ?? 'y'] }, at);
    await roll();
    const window = { from: '2026-03-01T00:00:00Z' };
    const groups = ['tenant', 'key', 'model', 'provider', 'tag', 'policy', 'day', 'hour', 'none'];
    const all = () => Promise.all(groups.map((groupBy) => read({ ...window, groupBy })));
    const ofAll = async (): Promise<string[]> => {
      const rows: { dimension: string; n: string }[] = await database.dataSource.query(
        `SELECT dimension, sum(requests)::text AS n FROM
           (TABLE usage_margins_hourly UNION ALL TABLE usage_margins_daily) AS margins
         WHERE dimension IN ('all:none', 'all:tag') GROUP BY dimension ORDER BY 1`,
      );
      return rows.map(({ dimension, n }) => `${dimension} ${n}`);
    };
    const whole = await all();
    expect(whole.map(({ total }) => [total.requests, total.costUsd])).toEqual(groups.map(() => [9, '0.000000000009']));
    const unknown = { p50Ms: null, p95Ms: null, p99Ms: null };
    for (const [at, groupBy] of groups.entries()) {
      const { data, total } = await read({ ...window, groupBy, latency: 'false' });
      const without = <Row extends object>(row: Row): Row => ({ ...row, latency: unknown, ttft: unknown });
      expect({ data, total }).toEqual({ data: whole[at]?.data.map(without), total: without(whole[at]?.total ?? {}) });
    }
    const sums = await ofAll();
    expect(sums).toEqual(['all:none 15', 'all:tag 30']); // three hours, and two days that are over
    await database.dataSource.query(`DELETE FROM usage_margins_hourly WHERE dimension LIKE 'all:%'`);
    expect(await all()).toEqual(whole);
    await database.dataSource.query(`DELETE FROM usage_margins_daily WHERE dimension LIKE 'all:%'`);
    expect(await all()).toEqual(whole);
    await roll();
    expect(await ofAll()).toEqual(sums);
    expect(await all()).toEqual(whole);
  });

  it('is right to the last request, before it is counted, between, and after', async () => {
    record({ costUsd: '0.1' });
    record({ costUsd: '0.000000000001' }, NOW - 3 * DAY_MS);
    const before = await read();
    await roll();
    expect(await counted('usage_hourly')).toBe(2);
    expect(await read()).toEqual(before);
    record({ costUsd: '0.2', tenant: 'globex' });
    const { data, total } = await read();
    expect(data.map(({ key, requests, costUsd }) => [key, requests, costUsd])).toEqual([
      ['globex', 1, '0.2'],
      ['acme', 2, '0.100000000001'],
    ]);
    expect(total).toMatchObject({ requests: 3, costUsd: '0.300000000001' });
    await roll();
    expect((await read()).total).toEqual(total);
  });

  it('has 24 hours in a day, also where the clocks of the server are changed on that day', async () => {
    now = Date.UTC(2026, 2, 31, 12);
    await database.dataSource.query(`SET TIME ZONE 'Europe/Berlin'`);
    try {
      record({}, Date.UTC(2026, 2, 29, 0, 30));
      record({}, Date.UTC(2026, 2, 29, 23, 30));
      await roll();
      expect([await counted('usage_hourly'), await counted('usage_daily')]).toEqual([2, 2]);
    } finally {
      await database.dataSource.query('RESET TIME ZONE');
    }
  });

  it('counts the other hours where one cannot be counted', async () => {
    record({}, NOW - 3 * HOUR_MS);
    record({}, NOW - 2 * HOUR_MS);
    await kit.recorder.flush();
    const bad = new Date(Math.floor((NOW - 2 * HOUR_MS) / HOUR_MS) * HOUR_MS).toISOString();
    await database.dataSource.query(
      `ALTER TABLE usage_hourly ADD CONSTRAINT unlucky CHECK (at <> '${bad}'::timestamptz)`,
    );
    expect(await rollups.run()).toMatchObject({ hours: 1 });
    expect(await counted('usage_hourly')).toBe(1);
    await database.dataSource.query('ALTER TABLE usage_hourly DROP CONSTRAINT unlucky');
    expect(await rollups.run()).toMatchObject({ hours: 1 });
    expect((await read()).total.requests).toBe(2);
  });

  it('tells apart how requests ended, what the cache spared, and which tokens were paid', async () => {
    const hit = { cache: 'exact-l1', costUsd: '0', savedUsd: '0.3' } as const;
    record({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 50, reasoningTokens: 10, costUsd: '1' });
    record({ ...hit, inputTokens: 7, outputTokens: 3 });
    record({ ...hit, cache: 'semantic', status: 'aborted' });
    record({ status: 'rejected', inputTokens: null, outputTokens: null, cachedInputTokens: null, costUsd: null });
    record({
      status: 'error',
      inputTokens: 5,
      cachedInputTokens: 0,
      outputTokens: 0,
      costUsd: null,
      usageEstimated: true,
    });
    for (const _ of ['fresh', 'counted']) {
      expect((await read()).total).toMatchObject({
        ...{ requests: 5, ok: 2, errors: 1, rejected: 1, aborted: 1, cacheHits: 1, unpriced: 1, estimated: 1 },
        cacheHitsByKind: { exactL1: 1, exactL2: 0, semantic: 0, coalesced: 0 },
        ...{ inputTokens: 105, cachedInputTokens: 40, outputTokens: 50, reasoningTokens: 10, savedTokens: 10 },
        ...{ costUsd: '1', savedUsd: '0.3' },
      });
      await roll();
    }
  });

  it('counts a request under each of its tags, and once in the total', async () => {
    record({ tags: ['a', 'b', 'a'], costUsd: '1' });
    record({ tags: ['b'], costUsd: '2', model: 'large' });
    record({ tags: [], costUsd: '4' });
    for (const _ of ['fresh', 'counted']) {
      const { data, total } = await read({ groupBy: 'tag' });
      expect(data.map(({ key, requests, costUsd }) => [key, requests, costUsd])).toEqual([
        ['b', 2, '3'],
        ['a', 1, '1'],
      ]);
      expect(total).toMatchObject({ requests: 3, costUsd: '7' });
      expect((await read({ groupBy: 'model', tag: 'b' })).data.map(({ key, costUsd }) => [key, costUsd])).toEqual([
        ['large', '2'],
        ['small', '1'],
      ]);
      await roll();
    }
  });

  it('bounds what requests can name: tags of a tenant in an hour, and models that there are not', async () => {
    for (let i = 0; i < 1_100; i += 50)
      record({ tags: Array.from({ length: 50 }, (_, n) => `t${i + n}`), costUsd: '1' });
    for (let i = 0; i < 20; i++)
      record({ tags: [], model: `made-up-${i}`, errorCode: 'model_not_found', status: 'rejected' });
    await roll();
    const [row]: { tags: string }[] = await database.dataSource.query(
      'SELECT count(DISTINCT tag) AS tags FROM usage_tags_hourly',
    );
    expect(Number(row?.tags)).toBe(1_001);
    expect((await read({ groupBy: 'model' })).data.map(({ key }) => key)).toEqual(['small', '(unknown)']);
    // Of 22 requests with 50 tags each; the 100 tags beyond the bound (t91 to t999, by name) are of three of them.
    const beyond = (await read({ groupBy: 'tag' })).data.find(({ key }) => key === '(other)');
    expect(beyond?.requests).toBe(3);
  });

  it('tells the rule that decided where a request went, and what routing saved against the strongest model', async () => {
    const matched = (rule: string, ...changed: string[]): Decision => ({
      rule,
      verdict: 'matched',
      reason: '',
      changed,
    });
    const decisions = [
      matched('defaults', 'route.strategy'),
      matched('long', 'route.candidates'),
      matched('level', 'serviceLevel'),
    ];
    const plan = { ...aPlan('plan-1'), decisions: [...decisions, matched('ranking', 'route.candidates')] };
    const pinned = aPlan('plan-2');
    const pinnedPlan = { ...pinned, plan: { ...pinned.plan, route: { ...pinned.plan.route, strategy: 'pinned' } } };
    await database.dataSource.query(
      `INSERT INTO usage_references VALUES ('', 'large', 0.00001, 0.000001, 0.00003), ('globex', 'mid', 0.000001, 0.000001, 0.000001)`,
    );
    const used = { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 100, costUsd: '0.001' };
    kit.recorder.record(aTrace(NOW - HOUR_MS, { ...used, planId: 'plan-1' }), plan, null);
    kit.recorder.record(aTrace(NOW - HOUR_MS, { ...used, planId: 'plan-1', tenant: 'globex' }), plan, null);
    kit.recorder.record(aTrace(NOW - HOUR_MS, { ...used, planId: 'plan-2' }), pinnedPlan, null);
    const calls = { provider: 'mock', model: 'mock-small', upstreamStatus: 200, startMs: 0, durationMs: 1 };
    const attempts = [
      { ...calls, outcome: 'not_accepted', inputTokens: 900, outputTokens: 90, costUsd: '0.0005' },
      { ...calls, outcome: 'ok', inputTokens: 600, outputTokens: 40, costUsd: '0.0005' },
    ];
    const twice = { inputTokens: 1_500, cachedInputTokens: 0, outputTokens: 130, costUsd: '0.001', attempts };
    kit.recorder.record(aTrace(NOW - HOUR_MS, { ...twice, planId: 'plan-1', tenant: 'initech' }), plan, null);
    for (const _ of ['fresh', 'counted']) {
      expect((await read({ groupBy: 'rule' })).data.map(({ key, requests }) => [key, requests])).toEqual([
        ['long', 3],
        [null, 1],
      ]);
      const saved = (await read()).data.map(({ key, savedByRoutingUsd }) => [key, savedByRoutingUsd]);
      // 600 x 0.00001 + 400 x 0.000001 + 100 x 0.00003 - 0.001; of globex 1,100 x 0.000001 - 0.001
      expect(saved).toEqual([
        ['acme', '0.0084'],
        ['globex', '0.0001'],
        ['initech', '0.0062'], // asked once: 600 x 0.00001 + 40 x 0.00003 - 0.001
      ]);
      await roll();
    }
  });

  it('keeps its figures when traces are dropped, and counts nothing anew from what is left', async () => {
    const old = NOW - 10 * DAY_MS;
    record({ costUsd: '3' }, old);
    record({ costUsd: '5' });
    await kit.recorder.flush();
    await rollups.freezeBefore(NOW - 5 * DAY_MS);
    await dropPartitionsBefore(database.dataSource, NOW - 5 * DAY_MS);
    expect((await read()).total).toMatchObject({ requests: 2, costUsd: '8' });
    record({ costUsd: '7' }, old); // of a spool that was found again
    await roll();
    expect((await read()).total).toMatchObject({ requests: 2, costUsd: '8' });
  });

  it('counts hours again whose marks were lost, before it sums their day', async () => {
    record({}, NOW - 2 * DAY_MS);
    await roll();
    expect((await rollups.run()).days).toBe(0); // summed in the round before
    await database.dataSource.query('DELETE FROM usage_days');
    record({}, NOW - 2 * DAY_MS);
    await kit.recorder.flush();
    await database.dataSource.query('DELETE FROM usage_touched'); // as a gateway of the version before leaves it
    await rollups.run();
    await rollups.run();
    expect(await counted('usage_hourly')).toBe(2);
    expect(await counted('usage_daily')).toBe(2);
  });

  it('changes nothing where a worker dies in the middle, or the database takes no writes', async () => {
    record({ costUsd: '1' });
    await kit.recorder.flush();
    const { dataSource } = database;
    const dying = Object.create(dataSource) as typeof dataSource;
    dying.transaction = ((work: (transaction: object) => Promise<unknown>) =>
      dataSource.transaction((transaction) =>
        work({
          query: (sql: string, values: unknown[]) =>
            sql.includes('INSERT INTO usage_tags_hourly')
              ? Promise.reject(new Error('gone'))
              : transaction.query(sql, values),
        }),
      )) as typeof dying.transaction;
    expect(await new UsageRollups(dying, systemClock).run()).toMatchObject({ hours: 0, days: 0 });
    expect(await counted('usage_hourly')).toBe(0);
    expect((await read()).total).toMatchObject({ requests: 1, costUsd: '1' });
    await roll();
    expect((await read()).total).toMatchObject({ requests: 1, costUsd: '1' });
    expect(await counted('usage_hourly')).toBe(1);
  });

  it('is the same for all of two workers that count at once', async () => {
    for (let i = 0; i < 30; i++) record({ costUsd: '0.1' }, NOW - i * HOUR_MS);
    await kit.recorder.flush();
    const other = new UsageRollups(database.dataSource, systemClock);
    await Promise.all([rollups.run(), other.run(), rollups.run()]);
    await rollups.run();
    expect(await counted('usage_hourly')).toBe(30);
    expect((await read({ from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' })).total.costUsd).toBe('3');
  });

  it('lets an hour that is not over rest after it was counted, and is right all the same', async () => {
    record({}, NOW);
    expect((await roll()).hours).toBe(1);
    let monotonic = 0;
    const clock: Clock = { ...systemClock, now: () => NOW, monotonic: () => (monotonic += 1_000) };
    const slow = new UsageRollups(database.dataSource, clock);
    record({}, NOW);
    await kit.recorder.flush();
    expect((await slow.run()).hours).toBe(1); // took a second or more
    record({}, NOW);
    await kit.recorder.flush();
    expect((await slow.run()).hours).toBe(0);
    expect((await read()).total.requests).toBe(3);
  });

  it('shows one tenant to who may see one, whatever is asked for', async () => {
    record({ tenant: 'acme', tags: ['x'] });
    record({ tenant: 'globex', tags: ['x'] });
    for (const _ of ['fresh', 'counted']) {
      expect((await read({}, 'acme')).data.map(({ key }) => key)).toEqual(['acme']);
      expect((await read({ tenant: 'globex' }, 'acme')).total.requests).toBe(0);
      expect((await read({ groupBy: 'tag' }, 'acme')).data).toMatchObject([{ key: 'x', requests: 1 }]);
      await roll();
    }
  });

  it('tells the latency of what models answer, not of lists and files', async () => {
    record({ totalMs: 800, ttftMs: 400 });
    for (let n = 0; n < 9; n++)
      record({
        ...{ endpoint: '/v1/models', model: null, servedModel: null, provider: null, cache: 'bypass' },
        ...{ attempts: [], totalMs: 0.3, ttftMs: 0.2, inputTokens: null, outputTokens: null, costUsd: null },
      });
    for (const _ of ['fresh', 'counted']) {
      const { requests, latency, ttft } = (await read()).total;
      expect(requests).toBe(10);
      expect(latency.p50Ms).toBeGreaterThan(790);
      expect(ttft.p50Ms).toBeGreaterThan(390);
      await roll();
    }
  });

  it('takes what is in a filter for a text, whatever it looks like', async () => {
    record();
    for (const field of ['tenant', 'key', 'model', 'provider', 'tag', 'rule', 'policy', 'servedModel'])
      expect((await read({ [field]: `' OR 1=1; DROP TABLE usage_hourly; --` })).total.requests).toBe(0);
    expect((await read()).total.requests).toBe(1);
  });

  it.each([
    [{ from: '2026-03-03T12:00:00Z', to: '2026-03-03T12:00:00Z' }, 'is not before the end'],
    [{ from: '2016-03-03T12:00:00Z' }, 'at most 1100 days'],
  ])('refuses the window %j', async (window, message) => {
    const refused = await usage.read(usageQuerySchema.parse(window), null);
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_request', param: 'from' } });
    expect(!refused.ok && refused.error.message).toContain(message);
  });

  it('comes as a series with a point for every interval, and what is beyond the limit as one', async () => {
    record({ costUsd: '1' }, NOW - 2 * HOUR_MS);
    record({ costUsd: '2', tenant: 'globex' }, NOW - HOUR_MS);
    record({ costUsd: '4', tenant: 'initech' }, NOW - 30_000);
    const series = async (query: object) => {
      const found = await usage.series(usageSeriesQuerySchema.parse(query), null);
      if (!found.ok) throw found.error;
      return found.value.series;
    };
    const from = '2026-03-20T09:00:00Z';
    const hourly = await series({ interval: 'hour', groupBy: 'tenant', limit: '1', from });
    expect(hourly.map(({ key, points }) => [key, points.map(({ costUsd }) => costUsd)])).toEqual([
      ['(other)', ['0', '1', '2', '0']],
      ['initech', ['0', '0', '0', '4']],
    ]);
    const [byMinute] = await series({ interval: 'minute' });
    expect(byMinute?.points).toHaveLength(60);
    expect(byMinute?.points.at(-1)).toMatchObject({ at: '2026-03-20T12:29:00.000Z', requests: 1, costUsd: '4' });
    const [daily] = await series({ interval: 'day' });
    expect(daily?.points).toHaveLength(20);
    expect(daily?.points.at(-1)).toMatchObject({ requests: 3, costUsd: '7' });
    const tooMany = await usage.series(
      usageSeriesQuerySchema.parse({ interval: 'minute', from: '2026-03-19T00:00:00Z' }),
      null,
    );
    expect(tooMany).toMatchObject({ ok: false, error: { param: 'from' } });
  });

  it('is worth its latencies: within 1% of the exact ones, over hours and days', async () => {
    const all: number[] = [];
    for (let i = 0; i < 600; i++) {
      const totalMs = Math.fround(5 * 1.02 ** (i % 400));
      all.push(totalMs);
      record({ totalMs, ttftMs: totalMs / 2, status: 'ok' }, NOW - (i % 60) * HOUR_MS);
    }
    record({ totalMs: 1e9, status: 'error' });
    all.sort((a, b) => a - b);
    const exact = (share: number): number => all[Math.ceil(share * all.length) - 1] ?? 0;
    for (const _ of ['fresh', 'counted']) {
      const { latency, ttft } = (await read()).total;
      for (const [told, share] of [
        [latency.p50Ms, 0.5],
        [latency.p95Ms, 0.95],
        [latency.p99Ms, 0.99],
      ] as const)
        expect(Math.abs((told ?? 0) / exact(share) - 1)).toBeLessThan(0.0101);
      expect(Math.abs((ttft.p95Ms ?? 0) / (exact(0.95) / 2) - 1)).toBeLessThan(0.0101);
      await roll();
    }
    const days: UsageRow[] = (await read({ groupBy: 'day' })).data;
    expect(days.map(({ key }) => key)).toEqual(['2026-03-18', '2026-03-19', '2026-03-20']);
  });

  it('is forecast where two weeks are known, and not before', async () => {
    record({ costUsd: '10' }, NOW - DAY_MS);
    expect((await usage.forecast({}, null)).projected).toBeNull();
    for (let back = 2; back <= 28; back++) record({ costUsd: '10' }, NOW - back * DAY_MS);
    await roll();
    const { spentUsd, projected, month } = await usage.forecast({ tenant: 'acme' }, null);
    expect([month, spentUsd]).toEqual(['2026-03', '190']);
    expect(projected).toMatchObject({ usd: '304.791667', method: 'weekday-mean', daysUsed: 28 }); // 190 + 10 x (11 + 11.5 / 24)
    expect((await usage.forecast({ tenant: 'acme' }, 'globex')).spentUsd).toBe('0');
  });
});
