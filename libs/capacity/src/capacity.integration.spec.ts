import { ConfigStore, environmentSchema, type RelayConfig, relayConfigSchema } from '@relay/config';
import { type CapacityReport, capacityReportSchema, whatIfReplySchema, whatIfSchema } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { BoundedReader } from '@relay/database';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { CapacityService } from './capacity.service';
import { DiskReader } from './persistence/disk-reader';
import { GrowthReader } from './persistence/growth-reader';
import { LoadReader } from './persistence/load-reader';
import { WhatIfService } from './what-if.service';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('capacity on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_capacity')]);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 1);
const RANGE = { from: '2026-01-01T09:00:00Z', to: '2026-01-01T11:00:00Z', targetWaitMs: 1_000 };

const config = relayConfigSchema.parse({
  providers: [
    { id: 'mock', kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', limits: { concurrency: 4, requestsPerMinute: 60 } },
    { id: 'idle', kind: 'simulator' },
  ],
  models: [
    {
      ...{ id: 'small', price: { inputPerMTok: 1, outputPerMTok: 2 }, limits: { tokensPerMinute: 2_000 } },
      targets: [{ provider: 'mock', model: 'mock-small' }],
    },
    { id: 'new', targets: [{ provider: 'idle', model: 'idle-new' }] },
  ],
  tenants: [
    { id: 'acme', budget: { monthlyUsd: 1_000 } },
    { id: 'fresh', budget: { monthlyUsd: 100 } },
  ],
});

describe.each(backends)('capacity on %s', (_name, open) => {
  let database: TestDatabase;
  let capacity: CapacityService;
  let whatIfs: WhatIfService;

  beforeAll(async () => {
    database = await open();
    const { dataSource } = database;
    await dataSource.query(
      `CREATE TABLE IF NOT EXISTS request_traces_20260101 PARTITION OF request_traces FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-01-02 00:00+00')`,
    );
    // Two requests a minute from 9 to 10, one of which took 1 s and 50 tokens, the other 3 s and 150; they waited 10 and 30 ms.
    const rows = Array.from({ length: 120 }, (_, n) => {
      const at = START + 9 * HOUR_MS + Math.floor(n / 2) * 60_000 + n;
      const [queue, service, output] = n % 2 === 0 ? [10, 1_000, 50] : [30, 3_000, 150];
      return { id: newTraceId(at), at: new Date(at).toISOString(), queue, total: queue + service, output };
    });
    await dataSource.query(
      `INSERT INTO request_traces (id, at, request_id, tenant, endpoint, model, served_model, provider, status, http_status, stream, cache,
         queue, queue_ms, total_ms, input_tokens, output_tokens)
       SELECT id, at, 'r', 'acme', '/v1/chat/completions', 'auto', 'small', 'mock', 'ok', 200, false, cache, 'none', queue, total, 100, output
       FROM json_to_recordset($1::json) AS row (id uuid, at timestamptz, queue real, total real, output int),
         (VALUES ('miss')) AS caches (cache)`,
      [JSON.stringify(rows)],
    );
    await dataSource.query(
      `INSERT INTO tenant_spend (tenant, day, usd)
       SELECT 'acme', '2025-12-04'::date + n, 10 * power(1.1, n / 7.0) FROM generate_series(0, 27) AS days (n)`,
    );
    await dataSource.query(`INSERT INTO tenant_spend (tenant, day, usd) VALUES ('fresh', '2026-01-01', 25)`);
    const clock = new FakeClock();
    clock.advance(11 * HOUR_MS);
    const store = new ConfigStore(config as RelayConfig, 'relay.yaml');
    const reader = new BoundedReader(dataSource);
    const loads = new LoadReader(reader);
    const disk = new DiskReader(reader, environmentSchema.parse({ DATABASE_URL: database.url }));
    capacity = new CapacityService(store, loads, new GrowthReader(reader), disk, clock);
    whatIfs = new WhatIfService(store, capacity, loads);
  }, 60_000);
  afterAll(() => database.close());

  const report = async (): Promise<CapacityReport> => {
    const result = await capacity.report(RANGE);
    if (!result.ok) throw result.error;
    return capacityReportSchema.parse(result.value);
  };

  it('tells how busy each pool is, hour by hour', async () => {
    const { pools } = await report();
    expect(pools).toMatchObject([
      { id: 'mock', slots: 4, requests: 120, hours: [{ weekday: 4, hour: 9, hours: 1 }] },
      { id: 'idle', requests: 0, busiest: null },
    ]);
    const busiest = pools[0]?.busiest;
    expect(busiest).toMatchObject({ serviceMs: 2_000, dispersion: 0, measuredWaitMs: { mean: 20, p90: 30 } });
    expect(busiest?.serviceCv).toBeCloseTo(0.5, 6);
    expect(busiest?.utilisation).toBeCloseTo(120 / 3_600 / 2, 9); // 1/30 a second of 2 s on four slots
    expect(busiest?.headroomPerSecond).toBeGreaterThan(1);
  });

  it('says of a range without requests up to when it counts', async () => {
    expect((await report()).note).toBeNull();
    const empty = await capacity.report({
      from: '2026-01-01T07:00:00Z',
      to: '2026-01-01T08:20:00Z',
      targetWaitMs: 1_000,
    });
    expect(empty).toMatchObject({ ok: true, value: { note: expect.stringContaining('until 2026-01-01T08:00 UTC') } });
  });

  it('tells the mean and the busiest minute of what is limited', async () => {
    const { rates } = await report();
    expect(rates).toContainEqual({ scope: 'provider', id: 'mock', of: 'requests', mean: 1, peak: 2, limit: 60 });
    expect(rates).toContainEqual({ scope: 'model', id: 'small', of: 'tokens', mean: 200, peak: 400, limit: 2_000 });
  });

  it('tells which limit is met when, and nothing where too little is known', async () => {
    const { forecasts } = await report();
    const budget = forecasts.find(({ id }) => id === 'acme');
    expect(budget).toMatchObject({ id: 'acme', max: 1_000 });
    expect(budget?.growthPerWeek).toBeCloseTo(0.1, 6);
    // 10 USD a day grew to about 13.8, which is 420 a month; a tenth more a week makes 1,000 of that in nine weeks.
    const weeks = (Date.parse(budget?.metAt ?? '') - START) / (7 * DAY_MS);
    expect(weeks).toBeGreaterThan(8);
    expect(weeks).toBeLessThan(11);
    expect(forecasts[0]).toBe(budget); // what is met comes first
    // Of today alone: no whole day, and spent all the same.
    expect(forecasts.find(({ id }) => id === 'fresh')).toMatchObject({ now: 25, max: 100, metAt: null });
    const slots = forecasts.find(({ limit }) => limit === 'slots');
    expect(slots).toMatchObject({ id: 'mock', growthPerWeek: null, metAt: null });
  });

  it('tells what a new tenant would change', async () => {
    const ask = async (changes: object) => {
      const result = await whatIfs.answer(
        whatIfSchema.parse({
          ...{ ...RANGE, model: 'small', requestsPerMinute: 30, inputTokens: 100, outputTokens: 200, ...changes },
        }),
      );
      return result.ok ? whatIfReplySchema.parse(result.value) : result;
    };
    const reply = await ask({});
    expect(reply).toMatchObject({
      // 20 ms a token: 200 tokens take 4 s
      pools: [{ id: 'mock', slots: 4, addedPerSecond: 0.5, serviceFrom: 'fit' }],
      limits: [
        { limit: 'tokens-per-minute', id: 'small', before: 400, after: 400 + 30 * 300, max: 2_000, exceeded: true },
        { limit: 'slots' },
        { limit: 'requests-per-minute', before: 2, after: 32, max: 60, exceeded: false },
      ],
      firstMet: 'tokens-per-minute',
      monthlyUsd: (30 * 43_834 * (100 + 2 * 200) * 1e-6).toFixed(2),
    });
    if (!('pools' in reply)) throw new Error('refused');
    expect(reply.pools[0]?.serviceMs).toBeCloseTo(4_000, 3);
    expect(reply.pools[0]?.after?.utilisation).toBeCloseTo(1 / 60 + 0.5, 6);
    expect(await ask({ monthlyUsd: 10 })).toMatchObject({ limits: [{ limit: 'budget', exceeded: true }, {}, {}, {}] });
    expect(await ask({ requestsPerMinute: 70 })).toMatchObject({
      pools: [{ after: { predictedWaitMs: { p90: null } } }],
    });
    expect(await ask({ model: 'new' })).toMatchObject({
      pools: [{ id: 'idle', serviceFrom: 'none', serviceMs: null, before: null, after: null }],
      limits: [],
    });
    expect(await ask({ model: 'none' })).toMatchObject({
      ok: false,
      error: { code: 'model_not_found', param: 'model' },
    });
  });

  it('looks at whole hours, the last seven days unless it is told, and no more than 35', () => {
    expect(capacity.range({})).toEqual({
      ok: true,
      value: { from: START + 11 * HOUR_MS - 7 * DAY_MS, to: START + 11 * HOUR_MS },
    });
    for (const from of ['2025-01-01T00:00:00Z', '2026-01-01T10:30:00Z'])
      expect(capacity.range({ from, to: '2026-01-01T10:45:00Z' })).toMatchObject({
        ok: false,
        error: { param: 'from' },
      });
  });
});
