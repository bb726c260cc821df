import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { cacheSimilarityQuerySchema } from '@relay/contracts';
import { systemClock, type Clock } from '@relay/core';
import { payloadVault, traceKit } from '../../test/recorder-kit';
import { aTrace } from '../../test/trace-record.builder';
import type { TraceRecord } from '../domain/trace-record';
import { EntryHitsStore } from './entry-hits.store';
import { LookUpsStore } from './look-ups.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('look-ups of the cache on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl
  ? [['PostgreSQL', () => openPostgres(databaseUrl, 'relay_cache_insight')]]
  : [['PGlite', openEmbedded]];

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 2, 3, 12);
const atNow: Clock = { ...systemClock, now: () => NOW };

describe.each(backends)('what traces tell of the cache on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE request_traces, request_payloads, execution_plans, feedback');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    kit.recorder.onModuleInit();
  });
  afterEach(async () => {
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  describe('of look-ups', () => {
    const record = (
      found: Record<string, string | number | boolean>,
      changes: Partial<TraceRecord> = {},
      at = NOW - MINUTE_MS,
    ): void =>
      kit.recorder.record(
        aTrace(at, {
          costUsd: '0.01',
          stages: [
            ['auth', 0, 1],
            ['semantic', 1, 2, found],
          ],
          ...changes,
        }),
        null,
        null,
      );
    const read = async (query: object = {}, scope: string | null = null) => {
      await kit.recorder.flush();
      const lookUps = new LookUpsStore(database.dataSource, kit.recorder, atNow);
      return lookUps.read(cacheSimilarityQuerySchema.parse(query), scope);
    };
    const hit = { cache: 'semantic', savedUsd: '0.25', costUsd: '0' } as const;

    it('says how alike questions were, hits and near misses, with what they saved or cost', async () => {
      const verified = { mode: 'verified', threshold: 0.95 };
      record({ ...verified, reason: 'hit', similarity: 0.98, score: 0.97 }, hit);
      record({ ...verified, reason: 'below_threshold', similarity: 0.9, score: 0.9312 });
      record({ ...verified, reason: 'below_threshold', similarity: 0.9, score: 0.9399, beside: true });
      record({ mode: 'shadow', reason: 'too_few_labels', similarity: 0.99, score: 1 });
      record({ mode: 'static', threshold: 0.9, reason: 'guarded', guardedEntry: 'e', similarity: 0.29, score: 0.1 });

      const { measures, requests, readFrom } = await read();

      expect({ requests, readFrom }).toEqual({ requests: 5, readFrom: null });
      const nothing = { noNeighbour: 0, guarded: 0, heldBack: 0, failed: 0 };
      expect(measures).toEqual([
        {
          ...{ measure: 'score', modes: ['shadow', 'verified'], lookUps: 4, served: 1, ...nothing },
          bins: [
            { from: 0.93, lookUps: 2, served: 0, savedUsd: '0', costUsd: '0.02' },
            { from: 0.97, lookUps: 1, served: 1, savedUsd: '0.25', costUsd: '0' },
            { from: 0.99, lookUps: 1, served: 0, savedUsd: '0', costUsd: '0.01' },
          ],
          thresholds: [{ threshold: 0.95, lookUps: 3, lastAt: new Date(NOW - MINUTE_MS).toISOString() }],
        },
        {
          ...{ measure: 'similarity', modes: ['static'], lookUps: 1, served: 0, ...nothing },
          bins: [{ from: 0.29, lookUps: 1, served: 0, savedUsd: '0', costUsd: '0.01' }],
          thresholds: [{ threshold: 0.9, lookUps: 1, lastAt: expect.any(String) }],
        },
      ]);
    });

    it('leaves out of the bins what no threshold decides, and what was not looked up out of all', async () => {
      record({ mode: 'verified', reason: 'no_neighbour' });
      record({ mode: 'verified', reason: 'guarded', guards: 'numbers', guardedSimilarity: 0.99 });
      record({ mode: 'verified', reason: 'too_few_labels', guards: 'numbers', guardedEntry: 'e' }); // nothing else was near
      record({ mode: 'verified', reason: 'below_entry_threshold', similarity: 0.97, score: 0.99 });
      record({ mode: 'verified', reason: 'below_threshold', similarity: 0.4, score: 0.9 }); // too far to be ever judged
      record({ mode: 'validated', reason: 'not_confirmed', similarity: 0.97, score: 0.9 });
      record({ mode: 'verified', reason: 'no_embedding' });
      record({ mode: 'verified', reason: 'multi_turn' }); // refused to look up
      record({ mode: 'verified', reason: 'hit', similarity: 1, score: 1 }, { endpoint: 'internal:recheck' });
      record({ mode: 'verified', reason: 'hit', similarity: 1, score: 1 }, {}, NOW - 25 * 60 * MINUTE_MS);
      kit.recorder.record(aTrace(NOW - MINUTE_MS, { cache: 'exact-l1' }), null, null);

      const { measures, requests } = await read();

      expect(requests).toBe(8);
      expect(measures).toEqual([
        expect.objectContaining({
          measure: 'score',
          lookUps: 6,
          noNeighbour: 1,
          guarded: 2,
          heldBack: 2,
          failed: 1,
          bins: [],
        }),
        expect.objectContaining({ measure: 'similarity', lookUps: 1, heldBack: 1, bins: [] }),
      ]);
    });

    it('is of one tenant for its reader, and for who asks for one', async () => {
      record({ mode: 'static', threshold: 0.9, reason: 'hit', similarity: 0.95, score: 1 }, hit);
      record(
        { mode: 'static', threshold: 0.5, reason: 'hit', similarity: 0.95, score: 1 },
        { ...hit, tenant: 'other' },
      );
      expect((await read()).measures[0]?.lookUps).toBe(2);
      for (const { measures } of [await read({}, 'acme'), await read({ tenant: 'acme' })])
        expect(measures).toMatchObject([{ lookUps: 1, thresholds: [{ threshold: 0.9 }] }]);
      expect((await read({ tenant: 'other' }, 'acme')).measures).toEqual([]);
    });
  });

  describe('of the hits of an entry', () => {
    const ENTRY = randomUUID();
    const served = (at: number, changes: Partial<TraceRecord> = {}, asked: string | null = null): string => {
      const trace = aTrace(at, { cache: 'semantic', cacheEntry: ENTRY, similarity: 0.96, savedUsd: '0.5', ...changes });
      const request = JSON.stringify({ messages: [{ role: 'user', content: asked }] });
      kit.recorder.record(trace, null, asked === null ? null : { request, response: '{}' });
      return trace.id;
    };
    const hits = async (entry = ENTRY, scope: string | null = null, limit = 20, withPrompts = true) => {
      await kit.recorder.flush();
      const store = new EntryHitsStore(database.dataSource, kit.recorder, payloadVault(), atNow);
      return store.read(entry, scope, limit, withPrompts);
    };

    it('tells the latest first, with what was asked and what the same key said of the answer', async () => {
      const source = aTrace(NOW - 9 * MINUTE_MS, { cacheEntry: ENTRY });
      kit.recorder.record(source, null, null);
      const first = served(NOW - 3 * MINUTE_MS, { cacheSource: source.id }, 'How do I reset <b>it</b>?');
      const second = served(NOW - 2 * MINUTE_MS, { cacheSource: source.id, keyId: 'key-2', degraded: ['stale'] });
      served(NOW - MINUTE_MS, { cacheEntry: randomUUID() });
      await kit.recorder.flush();
      await database.dataSource.query(
        `INSERT INTO feedback (id, at, trace_id, tenant, key_id, score, source) VALUES ($1, now(), $2, 'acme', 'key-1', -1, 'console')`,
        [randomUUID(), source.id],
      );

      expect(await hits()).toEqual([
        expect.objectContaining({ trace: second, prompt: null, feedback: null, degraded: true }),
        {
          ...{ trace: first, at: new Date(NOW - 3 * MINUTE_MS).toISOString(), tenant: 'acme', cache: 'semantic' },
          ...{ similarity: expect.closeTo(0.96, 5), savedUsd: '0.5', degraded: false },
          ...{ prompt: 'How do I reset <b>it</b>?', feedback: -1 },
        },
      ]);
      expect(await hits(ENTRY, null, 1)).toHaveLength(1);
      expect((await hits(ENTRY, null, 20, false)).map(({ prompt }) => prompt)).toEqual([null, null]);
    });

    it('tells a tenant of its own only', async () => {
      const own = served(NOW - MINUTE_MS);
      served(NOW - MINUTE_MS, { tenant: 'other' });
      expect((await hits(ENTRY, 'acme')).map(({ trace }) => trace)).toEqual([own]);
      expect(await hits(ENTRY, 'nobody')).toEqual([]);
    });
  });
});
