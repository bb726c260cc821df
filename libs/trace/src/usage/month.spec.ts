import { openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { reconcileSchema, usageQuerySchema } from '@relay/contracts';
import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { systemClock, type Clock } from '@relay/core';
import { traceKit } from '../../test/recorder-kit';
import { aTrace } from '../../test/trace-record.builder';
import { costUsd } from '../domain/cost';
import type { AttemptRecord, TraceRecord } from '../domain/trace-record';
import { formatUsd, parseUsd } from './reconcile/exact-usd';
import { InvoiceReconciler } from './reconcile/invoice-reconciler';
import { UsageRollups } from './usage-rollups';
import { UsageStore } from './usage.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('a month of usage on PostgreSQL, because TEST_DATABASE_URL is not set');

const TRACES = 2_000;
const STORED_AT_ONCE = 5_000;
const TENANTS = 20;
const [FROM, TO] = [Date.UTC(2026, 1, 1), Date.UTC(2026, 2, 1)];
const MODELS = [
  {
    model: 'small',
    upstream: 'acme-small',
    price: { inputPerMTok: 0.15, cachedInputPerMTok: 0.075, outputPerMTok: 0.6 },
  },
  { model: 'large', upstream: 'acme-large', price: { inputPerMTok: 2.5, outputPerMTok: 10 } },
  { model: 'odd', upstream: 'acme-odd', price: { inputPerMTok: 0.0333333, outputPerMTok: 0.7777777 } },
] as const;

/** Numbers that look random and are the same each time (mulberry32). */
function draws(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What was billed, kept by the test itself. */
class Bill {
  readonly byTenant = new Map<string, bigint>();
  private readonly lines = new Map<string, { usd: bigint; requests: number }>();

  add(tenant: string, at: number, upstream: string, usd: string): void {
    const units = parseUsd(usd) ?? 0n;
    this.byTenant.set(tenant, (this.byTenant.get(tenant) ?? 0n) + units);
    const name = `${new Date(at).toISOString().slice(0, 10)},${upstream}`;
    const line = this.lines.get(name) ?? { usd: 0n, requests: 0 };
    this.lines.set(name, { usd: line.usd + units, requests: line.requests + 1 });
  }

  get csv(): string {
    const lines = [...this.lines].map(([name, { usd, requests }]) => `${name},${requests},${formatUsd(usd)}`);
    return ['date,model,requests,cost_usd', ...lines].join('\n');
  }

  get total(): bigint {
    return [...this.byTenant.values()].reduce((sum, usd) => sum + usd, 0n);
  }
}

const call = (model: string, more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  ...{ provider: 'acme', model, outcome: 'ok', upstreamStatus: 200, startMs: 0, durationMs: 1, ...more },
});

/** One request of the month: most are answered, some from the cache, some refused, some after a call of another model that was billed. */
function request(draw: () => number, bill: Bill): TraceRecord {
  const at = FROM + Math.floor(draw() * (TO - FROM));
  const tenant = `tenant-${Math.floor(draw() ** 2 * TENANTS)}`;
  const { model, upstream, price } = MODELS[Math.floor(draw() * MODELS.length)] ?? MODELS[0];
  const plain = {
    tenant,
    model,
    keyId: `${tenant}-key`,
    tags: [],
    stages: [],
    features: null,
    predicted: null,
    planId: null,
  };
  const fate = draw();
  if (fate < 0.05) return aTrace(at, { ...plain, status: 'rejected', costUsd: null, attempts: [], provider: null });
  if (fate < 0.2) return aTrace(at, { ...plain, cache: 'exact-l1', costUsd: '0', savedUsd: '0.01', attempts: [] });
  const usage = {
    inputTokens: Math.floor(draw() * 5_000),
    cachedInputTokens: Math.floor(draw() * 900),
    outputTokens: Math.floor(draw() * 900),
  };
  const own = costUsd(usage, price) ?? '0';
  bill.add(tenant, at, upstream, own);
  if (fate > 0.93) {
    const first = costUsd({ inputTokens: 100, cachedInputTokens: 0, outputTokens: 7 }, MODELS[0].price) ?? '0';
    bill.add(tenant, at, MODELS[0].upstream, first);
    const whole = formatUsd((parseUsd(own) ?? 0n) + (parseUsd(first) ?? 0n));
    const attempts = [
      call(MODELS[0].upstream, { outcome: 'not_accepted', costUsd: first }),
      call(upstream, { costUsd: own }),
    ];
    return aTrace(at, { ...plain, ...usage, provider: 'acme', costUsd: whole, attempts });
  }
  return aTrace(at, { ...plain, ...usage, provider: 'acme', costUsd: own, attempts: [call(upstream)] });
}

(databaseUrl ? describe : describe.skip)('a month of twenty tenants', () => {
  const clock: Clock = { ...systemClock, now: () => TO - 1 };
  const config = new ConfigStore(relayConfigSchema.parse({}) as RelayConfig, 'relay.yaml');
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await openPostgres(databaseUrl ?? '', 'relay_e_month');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    kit.recorder.onModuleInit();
  }, 60_000);
  afterAll(async () => {
    await kit.recorder.onApplicationShutdown();
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('comes to the same by tenant, by trace and on the invoice, to the last decimal', async () => {
    const draw = draws(7);
    const bill = new Bill();
    const rollups = new UsageRollups(database.dataSource, clock);
    for (let n = 0; n < TRACES; n++) {
      const last = request(draw, bill);
      kit.recorder.record(last, null, null);
      if (n % 100 === 0) kit.recorder.record(last, null, null); // sent twice, as after an answer that was lost
      if (n % STORED_AT_ONCE === STORED_AT_ONCE - 1) await kit.recorder.flush();
      if (n === TRACES / 2) await rollups.run(); // what follows is late for most hours
    }
    await kit.recorder.flush();

    const usage = new UsageStore(database.dataSource, kit.recorder, clock);
    const byTenant = async () => {
      const read = await usage.read(usageQuerySchema.parse({ groupBy: 'tenant' }), null);
      if (!read.ok) throw read.error;
      return read.value;
    };
    const before = await byTenant();
    for (let round = await rollups.run(); round.hours + round.days > 0; round = await rollups.run());
    const told = await byTenant();
    expect(told).toEqual(before);

    const [row]: { usd: string; traces: string }[] = await database.dataSource.query(
      'SELECT sum(cost_usd) AS usd, count(*) AS traces FROM request_traces',
    );
    expect(Number(row?.traces)).toBe(TRACES);
    expect(told.total.requests).toBe(TRACES);
    expect(told.data).toHaveLength(TENANTS);
    for (const { key, costUsd: usd } of told.data)
      expect([key, usd]).toEqual([key, formatUsd(bill.byTenant.get(key ?? '') ?? 0n)]);
    const sum = told.data.reduce((units, { costUsd: usd }) => units + (parseUsd(usd) ?? 0n), 0n);
    expect(sum).toBe(bill.total);
    expect(parseUsd(told.total.costUsd)).toBe(bill.total);
    expect(parseUsd(row?.usd ?? '')).toBe(bill.total);

    const reconciler = new InvoiceReconciler(database.dataSource, kit.recorder, clock, config);
    const invoice = reconcileSchema.parse({ provider: 'acme', csv: bill.csv }); // its days are those of the month
    const report = await reconciler.reconcile(invoice);
    if (!report.ok) throw report.error;
    expect(report.value.total).toMatchObject({ differenceUsd: '0', invoice: { usd: formatUsd(bill.total) } });
    expect(new Set(report.value.groups.map(({ state }) => state))).toEqual(new Set(['equal']));
    expect(report.value.groups).toHaveLength(28 * MODELS.length);
    expect(report.value.total.invoice.requests).toBe(report.value.total.traces.requests);
  }, 600_000);
});
