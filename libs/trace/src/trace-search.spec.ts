import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import {
  type TraceFacet,
  traceFacetsQuerySchema,
  traceFacetsSchema,
  traceHistogramQuerySchema,
  traceHistogramSchema,
  traceQuerySchema,
  traceRowSchema,
} from '@relay/contracts';
import { newTraceId, systemClock } from '@relay/core';
import { ensureDailyPartitions } from '@relay/database';
import type { TestDatabase } from '@relay/testing';
import { aPlan } from '@relay/testing';
import { traceKit } from '../test/recorder-kit';
import { traceDatabases } from '../test/trace-databases';
import { aTrace } from '../test/trace-record.builder';
import { type FacetRow, facetsQuery } from './persistence/trace-facets.sql';
import { TraceReader } from './persistence/trace-reader';
import { TraceCounts } from './trace-counts.store';

const START = Date.UTC(2026, 2, 3, 12);
const DAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' };
const KEEP = { request: '{"messages":[]}', response: '{}' };

describe.each(traceDatabases('the search for traces', 'relay_trace_search'))(
  'the search for traces on %s',
  (_, open) => {
    let database: TestDatabase;
    let directory: string;
    let kit: ReturnType<typeof traceKit>;
    let counts: TraceCounts;

    beforeAll(async () => {
      Logger.overrideLogger(false);
      database = await open();
      await ensureDailyPartitions(database.dataSource, START, 2);
      counts = new TraceCounts(database.dataSource, systemClock);
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

    /** Records a request and gives its id. */
    const record = (ms: number, changes: Parameters<typeof aTrace>[1] = {}, plan: string | null = null): string => {
      const trace = aTrace(START + ms, { planId: plan, ...changes });
      kit.recorder.record(trace, plan === null ? null : aPlan(plan), KEEP);
      return trace.id;
    };
    const find = async (query: object, scope: string | null = null): Promise<string[]> => {
      await kit.recorder.flush();
      return (await kit.store.list(traceQuerySchema.parse(query), scope)).data.map(({ id }) => id);
    };
    const judge = (trace: string, score: number, tenant = 'acme'): Promise<unknown> =>
      database.dataSource.query(
        `INSERT INTO feedback (id, at, trace_id, tenant, key_id, user_name, score, comment, source)
       VALUES ($1, $2, $3, $4, $1::uuid::text, 'ann', $5, 'as asked', 'app')`,
        [newTraceId(START), new Date(START), trace, tenant, score],
      );
    const words = (trace: string, text: string): Promise<unknown> =>
      database.dataSource.query('UPDATE request_payloads SET search_text = $2 WHERE trace_id = $1', [trace, text]);

    it('tells readers who may not know what was said nothing of words: not in lists, counts or the tail', async () => {
      const said = record(0, { requestId: 'one' });
      const row = record(1, { requestId: 'eiffel-1' });
      await kit.recorder.flush();
      await words(said, 'the eiffel tower');
      const asked = { ...DAY, q: 'eiffel' };
      const hidden = { ...traceQuerySchema.parse(asked), hidesWords: true } as const;
      expect(await find(asked)).toEqual([row, said]);
      expect((await kit.store.list(hidden, null)).data.map(({ id }) => id)).toEqual([row]);
      const countOf = async (hides: object): Promise<unknown[]> => {
        const { facets } = await counts.facets({ ...traceFacetsQuerySchema.parse(asked), ...hides }, null);
        const { data } = await counts.histogram({ ...traceHistogramQuerySchema.parse(asked), ...hides }, null);
        return [facets.status[0]?.count, data.reduce((sum, { ok }) => sum + ok, 0)];
      };
      expect(await countOf({})).toEqual([2, 2]);
      expect(await countOf({ hidesWords: true })).toEqual([1, 1]);
    });

    it('takes several values of one filter, repeated or with commas, and all filters at once', async () => {
      const first = record(0, { status: 'error', keyId: 'k1', servedModel: 'm1' });
      const second = record(1, { status: 'aborted', keyId: 'k2', servedModel: 'm2' });
      const third = record(2, { keyId: 'k2', servedModel: 'm3' });
      expect(await find({ status: 'error,aborted' })).toEqual([second, first]);
      expect(await find({ status: ['error', 'ok'] })).toEqual([third, first]);
      expect(await find({ keyId: 'k2', servedModel: 'm1,m3' })).toEqual([third]);
    });

    it('knows tag, user, policy by name or version, rule, stream, degraded, time and money', async () => {
      const features = { 'request.user': 'ann' };
      const plain = record(0, {
        tags: [],
        policy: 'other@1',
        totalMs: 10,
        costUsd: '0.001',
        features: { ...features },
      });
      const rich = record(1, {
        ...{ tags: ['web', 'eu'], policy: 'default@12', stream: true, degraded: ['cheaper-model'], totalMs: 5_000 },
        ...{ costUsd: '2.5', features: { 'request.user': 'bob, "x"' } },
      });
      expect(await find({ tag: 'eu,asia' })).toEqual([rich]);
      expect(await find({ user: 'ann' })).toEqual([plain]);
      expect(await find({ policy: 'default' })).toEqual([rich]);
      expect(await find({ policy: 'default@1' })).toEqual([]);
      expect(await find({ policy: 'other@1,default@12' })).toEqual([rich, plain]);
      expect(await find({ stream: 'true' })).toEqual([rich]);
      expect(await find({ degraded: 'false' })).toEqual([plain]);
      expect(await find({ minMs: '10', maxMs: '4999' })).toEqual([plain]);
      expect(await find({ minCostUsd: '2.5' })).toEqual([rich]);
      const [row] = (await kit.store.list(traceQuerySchema.parse({ tag: 'eu' }), null)).data;
      expect(traceRowSchema.parse(row)).toMatchObject({ tags: ['web', 'eu'], user: 'bob, "x"' });
    });

    it('finds the requests that a rule held for, not those that it was tried on', async () => {
      const plan = aPlan('held');
      plan.decisions.forEach((decision) => Object.assign(decision, { verdict: 'matched' }));
      const held = aTrace(START, { planId: 'held' });
      kit.recorder.record(held, plan, null);
      record(1, {}, 'tried');
      expect(await find({ rule: 'long' })).toEqual([held.id]);
      expect(await find({ rule: `long' OR 1=1 --` })).toEqual([]);
    });

    it('finds a request by its id, its own or that of its trace', async () => {
      const trace = aTrace(START);
      kit.recorder.record({ ...trace, requestId: trace.id }, null, null);
      const named = record(1, { requestId: 'order-7' });
      expect(await find({ requestId: trace.id })).toEqual([trace.id]);
      expect(await find({ requestId: `order-7,${trace.id}` })).toEqual([named, trace.id]);
      expect(await find({ requestId: named })).toEqual([]);
    });

    it('finds what was judged, and shows what was said, of the own tenant', async () => {
      const [good, bad, none] = [record(0), record(1), record(2)];
      await kit.recorder.flush();
      await judge(good, 1);
      await judge(bad, -0.5);
      await judge(good, -1, 'globex');
      expect(await find({ hasFeedback: 'true' })).toEqual([bad, good]);
      expect(await find({ hasFeedback: 'false' })).toEqual([none]);
      expect(await find({ feedback: 'positive' })).toEqual([good]);
      const detail = await kit.store.get(good, 'acme');
      expect(detail?.feedback).toEqual([
        {
          id: expect.any(String),
          at: '2026-03-03T12:00:00.000Z',
          score: 1,
          comment: 'as asked',
          user: 'ann',
          keyId: expect.any(String),
        },
      ]);
      expect((await kit.store.get(none, null))?.feedback).toEqual([]);
    });

    it('finds words of prompt and answer, with an excerpt, and of one tenant only its own', async () => {
      const mine = record(0, { tenant: 'acme' });
      const other = record(1, { tenant: `o'b§\\x` });
      record(2);
      await kit.recorder.flush();
      await words(mine, 'How tall is the Eiffel tower? It is 330 metres tall.');
      await words(other, 'The Eiffel tower, again.');
      expect(await find({ text: 'eiffel -again' })).toEqual([mine]);
      expect(await find({ text: '"eiffel tower"' })).toEqual([other, mine]);
      expect(await find({ text: 'EIFFEL' }, 'acme')).toEqual([mine]);
      expect(await find({ text: 'eiffel', tenant: `o'b§\\x` })).toEqual([other]);
      expect(await find({ text: 'eiffel', tenant: 'acme' }, `o'b§\\x`)).toEqual([]);
      expect(await find({ text: 'eiff' })).toEqual([]); // words, not parts of them
      expect(await find({ text: '"!?"' })).toEqual([]);
      const [row] = (await kit.store.list(traceQuerySchema.parse({ text: 'metres' }), null)).data;
      expect(row?.excerpt).toContain('«metres»');
    });

    it('looks for `q` in the row and in the words, each trace once, page by page', async () => {
      const byId = record(0, { requestId: 'order-eiffel-7' });
      const byWord = record(1, { requestId: 'x' });
      const both = record(2, { requestId: 'eiffel' });
      await kit.recorder.flush();
      for (const id of [byWord, both]) await words(id, 'the eiffel tower');
      expect(await find({ q: 'eiffel' })).toEqual([both, byWord, byId]);
      const first = await kit.store.list(traceQuerySchema.parse({ q: 'eiffel', limit: 2 }), null);
      expect(first.data.map(({ id }) => id)).toEqual([both, byWord]);
      expect(await find({ q: 'eiffel', limit: 2, cursor: first.nextCursor })).toEqual([byId]);
    });

    it('finds a part of the id of a trace that brought none, in any case, and a part of a model', async () => {
      const id = newTraceId(START);
      const own = record(0, { id, requestId: id, model: 'gpt-a', servedModel: 'haiku-b' });
      const named = record(1, { requestId: 'ff-order', model: 'other', servedModel: null });
      for (const part of [id, id.toUpperCase(), id.slice(0, 20), id.slice(-12).toUpperCase()])
        expect(await find({ q: part })).toContain(own);
      expect(await find({ q: id })).toEqual([own]);
      expect(await find({ q: named })).toEqual([]); // that of its trace, which is not its own
      expect(await find({ q: 'GPT-' })).toEqual([own]);
      expect(await find({ q: 'aiku' })).toEqual([own]);
      expect(await find({ q: 'er' })).toEqual([named]);
      expect((await kit.store.list(traceQuerySchema.parse({ q: 'GPT' }), null)).data[0]?.requestId).toBe(id);
    });

    it('looks through the models of requests even where there are too many to look them up', async () => {
      for (let n = 0; n < 210; n++) record(n, { model: `made-up-${n}`, requestId: 'x' });
      expect(await find({ q: 'UP-207' })).toHaveLength(1);
      expect(await find({ q: 'UP-20', limit: 200 })).toHaveLength(11);
    });

    it.each(['newest', 'oldest', 'dearest'] as const)(
      'pages of one tenant run %s first over hours, with what costs nothing at the end of the dearest',
      async (sort) => {
        const costs = ['0', '0.000001', '0', '7', '0.00000000001'];
        const ids = costs.map((costUsd, n) => record(n * 2_400_000 + 1, { tenant: 'acme', costUsd }));
        record(5, { tenant: 'globex', costUsd: '1' });
        const orders = { newest: [4, 3, 2, 1, 0], oldest: [0, 1, 2, 3, 4], dearest: [3, 1, 4, 2, 0] };
        await kit.recorder.flush();
        for (const limit of [1, 2, 3]) {
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const query = traceQuerySchema.parse({ ...DAY, sort, limit, cursor, tenant: 'acme' });
            const page = await kit.store.list(query, null);
            seen.push(...page.data.map(({ id }) => id));
            cursor = page.nextCursor ?? undefined;
          } while (cursor !== undefined);
          expect(seen.map((id) => ids.indexOf(id))).toEqual(orders[sort]);
        }
      },
    );

    it.each([
      ['newest', [4, 3, 2, 1, 0]],
      ['oldest', [0, 1, 2, 3, 4]],
      ['slowest', [3, 4, 1, 2, 0]],
      ['dearest', [4, 2, 1, 0]], // 3 has no price
    ] as const)('pages run %s first without gap or repetition while rows arrive', async (sort, order) => {
      const totals = [0.1, 70.25, 5, 1e6, 70.25];
      const costs = ['0.1', '0.2', '0.3', null, '12.000000000001'];
      const ids = totals.map((totalMs, n) => record(n, { totalMs, costUsd: costs[n] ?? null }));
      await kit.recorder.flush();
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await kit.store.list(traceQuerySchema.parse({ ...DAY, sort, limit: 2, cursor }), null);
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
        record(sort === 'oldest' ? -1_000 : 10_000, { totalMs: 2e6, costUsd: '99' });
      } while (cursor !== undefined);
      expect(seen.map((id) => ids.indexOf(id))).toEqual(order.filter((n) => n >= 0));
    });

    it('refuses a cursor of another order', async () => {
      for (const [sort, cursor] of [
        ['slowest', 'AZ4w'],
        ['newest', `${Buffer.from(newTraceId(START).replaceAll('-', ''), 'hex').toString('base64url')}~5`],
        ['slowest', `${Buffer.from(newTraceId(START).replaceAll('-', ''), 'hex').toString('base64url')}~1;drop`],
      ])
        await expect(find({ sort, cursor })).rejects.toMatchObject({ code: 'invalid_request', param: 'cursor' });
    });

    it('counts by every facet, each without its own filter', async () => {
      record(0, { tenant: 'acme', model: 'a', status: 'error', tags: ['x', 'y'] });
      record(1, { tenant: 'acme', model: 'b', tags: ['x'] });
      record(2, { tenant: 'globex', model: 'a', cache: 'exact-l1' });
      await kit.recorder.flush();
      const facetsOf = async (query: object, scope: string | null = null) =>
        traceFacetsSchema.parse(await counts.facets(traceFacetsQuerySchema.parse({ ...DAY, ...query }), scope)).facets;
      const valuesOf = async (facet: TraceFacet, query: object, scope?: string): Promise<unknown> =>
        (await facetsOf(query, scope ?? null))[facet].map(({ value, count }) => [value, count]);
      expect(await valuesOf('tenant', {})).toEqual([
        ['acme', 2],
        ['globex', 1],
      ]);
      expect(await valuesOf('tenant', { tenant: 'globex' })).toEqual([
        ['acme', 2],
        ['globex', 1],
      ]);
      expect(await valuesOf('model', { tenant: 'acme' })).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
      expect(await valuesOf('tag', { status: 'error,ok', tenant: 'acme' })).toEqual([
        ['x', 2],
        ['y', 1],
      ]);
      expect(await valuesOf('cache', { q: 'req' })).toEqual([
        ['miss', 2],
        ['exact-l1', 1],
      ]);
      expect(await valuesOf('tenant', {}, 'globex')).toEqual([['globex', 1]]);
      expect(await valuesOf('rule', {})).toEqual([]);
    });

    it('counts the newest by every facet where there are more than it looks at', async () => {
      for (const ms of [0, 1, 2]) record(ms, { tenant: ms === 0 ? 'globex' : 'acme' });
      await kit.recorder.flush();
      const rows = await new TraceReader(database.dataSource).read<FacetRow>(facetsQuery({}, null, 2));
      expect(rows.filter(({ facet }) => facet === null)).toMatchObject([{ count: '2' }]);
      expect(rows.filter(({ facet }) => facet === 'tenant')).toEqual([{ facet: 'tenant', value: 'acme', count: '2' }]);
    });

    it('counts over time by status, with how long requests took', async () => {
      for (const [ms, totalMs] of [
        [0, 10],
        [1_000, 20],
        [2_000, 1_000],
      ] as const)
        record(ms, { totalMs });
      record(3_600_000, { status: 'rejected', totalMs: 1 });
      await kit.recorder.flush();
      const reply = await counts.histogram(traceHistogramQuerySchema.parse({ ...DAY, buckets: 24 }), null);
      const { bucketMs, data } = traceHistogramSchema.parse(reply);
      expect([bucketMs, data.length]).toEqual([3_600_000, 24]);
      expect(data[12]).toEqual({
        at: '2026-03-03T12:00:00.000Z',
        ok: 3,
        error: 0,
        rejected: 0,
        aborted: 0,
        p50Ms: 20,
        p95Ms: 1_000,
      });
      expect(data[13]).toMatchObject({ ok: 0, rejected: 1 });
      expect(data[14]).toMatchObject({ ok: 0, p50Ms: null });
    });

    it.each(["' OR 1=1 --", '%', '_', '\\', "'); DROP TABLE request_traces; --", '\ud83d', '&|!:*()', '§', '{"a":1}'])(
      'takes %j for a value like any other',
      async (value) => {
        record(0);
        await kit.recorder.flush();
        const names = [
          'tenant',
          'keyId',
          'user',
          'tag',
          'model',
          'servedModel',
          'provider',
          'endpoint',
          'policy',
          'rule',
          'requestId',
          'errorCode',
        ];
        for (const name of [...names, 'q', 'text']) {
          expect([name, await find({ [name]: value })]).toEqual([name, []]);
          await counts.facets(traceFacetsQuerySchema.parse({ ...DAY, [name]: value }), null);
        }
      },
    );

    it('refuses a time that the database has not', async () => {
      const query = { ...traceQuerySchema.parse({}), from: '0000-01-01T00:00:00Z' }; // the schema does not let it pass
      await expect(kit.store.list(query, null)).rejects.toMatchObject({ code: 'invalid_request' });
    });

    if (_ === 'PostgreSQL') {
      it('gives up on a question that takes too long, and says what to do', async () => {
        const impatient = new TraceReader(database.dataSource, 10);
        await expect(impatient.read({ text: 'SELECT pg_sleep(30)', values: [] })).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining('shorter time range (from, to)'),
        });
      });
    }
  },
);

describe('filters', () => {
  it.each([
    { status: 'fine' },
    { tenant: '' },
    { tenant: 'x'.repeat(10_000) },
    { tag: Array.from({ length: 51 }, (_, n) => `t${n}`).join(',') },
    { q: 'x'.repeat(201) },
    { minCostUsd: '1e5' },
    { stream: 'yes' },
    { colour: 'red' },
  ])('that nobody can mean are refused: %j', (query) => {
    expect(traceQuerySchema.safeParse(query).success).toBe(false);
  });
});
