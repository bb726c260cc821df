import { aPlan, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { cacheStatsQuerySchema, cacheStatsSchema, type Decision } from '@relay/contracts';
import { systemClock, type Clock } from '@relay/core';
import { payloadVault, traceKit } from '../../test/recorder-kit';
import { aTrace } from '../../test/trace-record.builder';
import type { TraceRecord } from '../domain/trace-record';
import { AskedRequests } from './asked-requests';
import { CacheStatsStore } from './cache-stats.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('statistics of the cache on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_cache_stats')]);

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 3, 12);
const OWN = ['defaults'];
/** The clock of the readers; what is recorded keeps real time. */
const atNow: Clock = { ...systemClock, now: () => NOW };

const hit = (cache: TraceRecord['cache'], savedUsd: string, savedMs: number): Partial<TraceRecord> => ({
  ...{ cache, savedUsd, savedMs, costUsd: '0' },
});
const decision = (rule: string, verdict: Decision['verdict']): Decision => ({ rule, verdict, reason: '', changed: [] });

describe.each(backends)('statistics of the cache on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;
  let stats: CacheStatsStore;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE request_traces, request_payloads, execution_plans');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    kit.recorder.onModuleInit();
    stats = new CacheStatsStore(database.dataSource, kit.recorder, atNow);
  });
  afterEach(async () => {
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  const record = (changes: Partial<TraceRecord>, at = NOW - HOUR_MS): void =>
    kit.recorder.record(aTrace(at, changes), null, null);
  const read = async (query: object = {}, scope: string | null = null) => {
    const read = await stats.read(cacheStatsQuerySchema.parse(query), scope, OWN);
    if (!read.ok) throw read.error;
    return read.value;
  };

  it('tells hits and savings by kind, and of all', async () => {
    record({ cache: 'miss' });
    record({ ...hit('exact-l1', '0.0000000000015', 100.5), inputTokens: 10, outputTokens: 5 });
    record({ ...hit('exact-l1', '0.5', 50), inputTokens: 20, outputTokens: null });
    record({ ...hit('semantic', '1', 400), inputTokens: 1, outputTokens: 1 });

    const { groups, total, from, to } = await read();

    expect([from, to]).toEqual(['2026-03-02T12:00:00.000Z', '2026-03-03T12:00:00.000Z']);
    expect(groups.map(({ key }) => key)).toEqual(['exact-l1', 'miss', 'semantic']);
    expect(groups[0]).toEqual({
      ...{ key: 'exact-l1', requests: 2, hits: 2, hitRate: 1 },
      ...{ savedUsd: '0.500000000002', spentUsd: '0', savedTokens: 35, savedMs: 151 }, // amounts are kept to 1e-12 USD
    });
    expect(groups[1]).toMatchObject({ hits: 0, hitRate: 0, savedUsd: '0', savedTokens: 0, savedMs: 0 });
    expect(total).toMatchObject({ key: null, requests: 4, hits: 3, hitRate: 0.75, savedTokens: 37, savedMs: 551 });
    expect(cacheStatsSchema.shape.total.parse(total)).toEqual(total);
  });

  it('counts as hits only what was answered', async () => {
    record({ cache: 'miss' });
    record({ ...hit('exact-l1', '1', 100), status: 'error' }); // a refusal that was kept
    record({ ...hit('coalesced', '1', 100), status: 'aborted' });
    record(hit('exact-l1', '0.5', 50));
    const { groups, total } = await read();
    expect(total).toMatchObject({ requests: 4, hits: 1, savedUsd: '0.5', savedMs: 50 });
    expect(groups.map(({ key, requests, hits }) => [key, requests, hits])).toEqual([
      ['exact-l1', 2, 1],
      ['coalesced', 1, 0],
      ['miss', 1, 0],
    ]);
  });

  it('tells what the requests of the relay itself cost, beside what they spare', async () => {
    const spend = (purpose: string, costUsd: string | null, more: Partial<TraceRecord> = {}): void =>
      record({ endpoint: `internal:${purpose}`, cache: 'miss', costUsd, ...more });
    record({ cache: 'miss', model: 'small', costUsd: '5' });
    spend('judge', '0.25', { cache: 'bypass', model: 'tiny' });
    spend('recheck', '0.5', { status: 'error', tenant: 'globex' });
    spend('verify', null);
    spend('warm', '1');
    spend('refresh', '2', { cache: 'bypass' });
    const spent = async (query: object = {}, scope: string | null = null) => {
      const { groups, total } = await read(query, scope);
      return [...groups, total].map(({ key, requests, spentUsd }) => [key, requests, spentUsd]);
    };
    expect(await spent()).toEqual([
      ['miss', 1, '0'],
      ['semantic', 0, '0.75'],
      [null, 1, '3.75'],
    ]);
    expect(await spent({ groupBy: 'tenant' })).toContainEqual(['globex', 0, '0.5']);
    expect(await spent({ groupBy: 'model' })).toContainEqual(['tiny', 0, '0.25']);
    expect(await spent({ groupBy: 'tenant' }, 'globex')).toEqual([
      ['globex', 0, '0.5'],
      [null, 0, '0.5'],
    ]);
  });

  it('leaves out what went past the cache, what was refused, what the relay asked itself, and what is outside of the window', async () => {
    record({ cache: 'miss' });
    record({ cache: 'bypass' });
    record({ cache: 'miss', status: 'rejected' });
    record({ cache: 'miss', endpoint: 'internal:warm' });
    record({ cache: 'miss' }, NOW - 25 * HOUR_MS);
    record({ cache: 'miss' }, NOW);
    expect((await read()).total.requests).toBe(1);
    expect((await read({ from: '2026-03-02T00:00:00Z', to: '2026-03-03T12:00:01Z' })).total.requests).toBe(3);
  });

  it('groups by tenant and by the model that was asked for', async () => {
    record({ tenant: 'acme', model: 'auto' });
    record({ tenant: 'acme', model: 'auto', ...hit('coalesced', '1', 1) });
    record({ tenant: 'globex', model: 'small' });
    const told = async (groupBy: string) =>
      (await read({ groupBy })).groups.map(({ key, requests, hits }) => [key, requests, hits]);
    expect(await told('tenant')).toEqual([
      ['acme', 2, 1],
      ['globex', 1, 0],
    ]);
    expect(await told('model')).toEqual([
      ['auto', 2, 1],
      ['small', 1, 0],
    ]);
  });

  it('counts a request under each rule that matched, once in the total, and under none of the decisions that are no rules', async () => {
    const plan = {
      ...aPlan('plan-1'),
      decisions: [
        decision('defaults', 'matched'),
        decision('long', 'matched'),
        decision('vip', 'matched'),
        decision('night', 'not-matched'),
      ],
    };
    kit.recorder.record(aTrace(NOW - HOUR_MS, { planId: 'plan-1' }), plan, null);
    kit.recorder.record(aTrace(NOW - HOUR_MS, { planId: 'plan-1', ...hit('exact-l2', '0.25', 9) }), plan, null);
    const other = { ...aPlan('plan-2'), decisions: [decision('long', 'matched')] };
    kit.recorder.record(aTrace(NOW - HOUR_MS, { planId: 'plan-2' }), other, null);
    record({ planId: null });

    const { groups, total } = await read({ groupBy: 'rule' });

    expect(groups).toMatchObject([
      { key: 'long', requests: 3, hits: 1, savedUsd: '0.25' },
      { key: 'vip', requests: 2, hits: 1, hitRate: 0.5, savedMs: 9 },
    ]);
    expect(groups).toHaveLength(2);
    expect(total).toMatchObject({ requests: 4, hits: 1 });
  });

  it('shows a reader of one tenant that tenant only, whatever is asked for', async () => {
    record({ tenant: 'acme' });
    record({ tenant: 'globex', ...hit('semantic', '1', 1) });
    expect((await read({ groupBy: 'tenant' }, 'acme')).groups.map(({ key }) => key)).toEqual(['acme']);
    expect((await read({ tenant: 'globex' }, 'acme')).total).toMatchObject({ requests: 0, hits: 0, savedUsd: '0' });
    expect((await read({ tenant: 'globex' })).total).toMatchObject({ requests: 1, hits: 1 });
  });

  it.each([
    [{ from: '2026-03-03T12:00:00Z', to: '2026-03-03T12:00:00Z' }, 'is not before the end'],
    [{ from: '2026-01-01T00:00:00Z' }, 'at most 31 days'],
  ])('refuses the window %j', async (window, message) => {
    const refused = await stats.read(cacheStatsQuerySchema.parse(window), null, OWN);
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_request', param: 'from' } });
    expect(!refused.ok && refused.error.message).toContain(message);
  });

  describe('the requests that were asked most', () => {
    const ask = (text: string, changes: Partial<TraceRecord> = {}, at = NOW - HOUR_MS): void =>
      kit.recorder.record(aTrace(at, changes), null, { request: text, response: '{}' });
    const mostAsked = async (days: number, limit: number) => {
      await kit.recorder.flush();
      const asked = new AskedRequests(database.dataSource, payloadVault(), atNow);
      return asked.mostAsked('acme', 'chat.completions', days, new Date(NOW), limit);
    };

    it('come with the most frequent first, each once', async () => {
      for (const text of ['seldom', 'often', 'often', 'at times', 'often', 'at times']) ask(text);
      expect(await mostAsked(1, 2)).toEqual([
        { text: 'often', asked: 3 },
        { text: 'at times', asked: 2 },
      ]);
    });

    it('are the same where they are sealed, and are not those that were redacted', async () => {
      const vault = payloadVault('a secret of at least 32 characters', { redact: ['email'] });
      const sealing = traceKit(database.dataSource, join(directory, 'sealed'), systemClock, vault);
      for (const text of ['often', 'seldom', 'often', 'write to ann@example.com'])
        sealing.recorder.record(aTrace(NOW - HOUR_MS), null, { request: text, response: '{}' });
      await sealing.recorder.onApplicationShutdown();
      const asked = new AskedRequests(database.dataSource, vault, atNow);
      expect(await asked.mostAsked('acme', 'chat.completions', 1, new Date(NOW), 5)).toEqual([
        { text: 'often', asked: 2 },
        { text: 'seldom', asked: 1 },
      ]);
      expect(await mostAsked(1, 5)).toEqual([]); // who has no key
    });

    it('tell who asked, where requests were kept', async () => {
      ask('one', { tenant: 'globex' });
      ask('one', { tenant: 'acme' });
      ask('two', { tenant: 'acme' });
      ask('embedded', { tenant: 'initech', endpoint: 'embeddings' });
      ask('long ago', { tenant: 'umbrella' }, NOW - 50 * HOUR_MS);
      record({ tenant: 'hooli' });
      await kit.recorder.flush();
      const asked = new AskedRequests(database.dataSource, payloadVault(), atNow);
      expect(await asked.askers('chat.completions', 1, 10)).toEqual(['acme', 'globex']);
      expect(await asked.askers('chat.completions', 1, 1)).toEqual(['acme']);
    });

    it('are answers of that tenant and route, of the last days, and of a bearable length', async () => {
      ask('mine');
      ask('theirs', { tenant: 'globex' });
      ask('refused', { status: 'rejected' });
      ask('embedded', { endpoint: 'embeddings' });
      ask('long ago', {}, NOW - 50 * HOUR_MS);
      ask('since then', {}, NOW);
      ask('x'.repeat(20_000));
      expect((await mostAsked(1, 10)).map(({ text }) => text)).toEqual(['mine']);
      expect((await mostAsked(3, 10)).map(({ text }) => text)).toEqual(['long ago', 'mine']);
    });
  });
});
