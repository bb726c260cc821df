import { aPlan, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import {
  type Decision,
  evaluationComparisonQuerySchema,
  evaluationComparisonSchema,
  evaluationQuerySchema,
  evaluationsSchema,
  type PlanDocument,
} from '@relay/contracts';
import { type Clock, newTraceId, systemClock } from '@relay/core';
import { traceKit } from '../../test/recorder-kit';
import { aTrace } from '../../test/trace-record.builder';
import type { TraceRecord } from '../domain/trace-record';
import { FeedbackStore } from '../feedback/feedback-store';
import { EvaluationStore } from './evaluation.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('evaluations on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_evaluations')]);

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 3, 12);
const atNow: Clock = { ...systemClock, now: () => NOW };

const decision = (rule: string, verdict: Decision['verdict']): Decision => ({ rule, verdict, reason: '', changed: [] });

describe.each(backends)('evaluations on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;
  let evaluations: EvaluationStore;
  let feedback: FeedbackStore;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.dataSource.query(
      'TRUNCATE request_traces, request_payloads, execution_plans, feedback, semantic_labels',
    );
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    kit.recorder.onModuleInit();
    evaluations = new EvaluationStore(database.dataSource, kit.recorder, atNow);
    feedback = new FeedbackStore(database.dataSource);
  });
  afterEach(async () => {
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  interface More {
    readonly at?: number;
    readonly plan?: PlanDocument | null;
    readonly score?: number; // what was said of the answer
    readonly user?: string | null;
  }
  async function record(changes: Partial<TraceRecord> = {}, more: More = {}): Promise<TraceRecord> {
    const { at = NOW - HOUR_MS, plan = null, score, user = null } = more;
    const trace = aTrace(at, { planId: plan?.id ?? null, ...changes });
    kit.recorder.record(trace, plan, null);
    if (score !== undefined) await judge(trace, score, user);
    return trace;
  }
  const judge = ({ id, tenant, at }: TraceRecord, score: number, user: string | null = null) =>
    feedback.save({
      ...{ id: newTraceId(at), at: at + 1, traceId: id, tenant: tenant ?? '', user, keyId: 'key-1', model: 'small' },
      ...{ task: null, score, comment: null, from: 'app', source: null, cacheEntry: null, similarity: null },
    });
  async function many(
    count: number,
    changes: (n: number) => Partial<TraceRecord>,
    more: (n: number) => More = () => ({}),
  ) {
    for (let n = 0; n < count; n++) await record(changes(n), more(n));
  }

  const read = async (query: object = {}, scope: string | null = null) => {
    await kit.recorder.flush();
    const found = await evaluations.read(evaluationQuerySchema.parse(query), scope);
    if (!found.ok) throw found.error;
    return evaluationsSchema.parse(found.value);
  };
  const compare = async (query: object, scope: string | null = null) => {
    await kit.recorder.flush();
    const found = await evaluations.compare(evaluationComparisonQuerySchema.parse(query), scope);
    if (!found.ok) throw found.error;
    return evaluationComparisonSchema.parse(found.value);
  };
  const verdicts = ({ figures }: Awaited<ReturnType<typeof compare>>) =>
    Object.fromEntries(figures.map(({ figure, verdict }) => [figure, verdict]));

  it('tell of each policy how many, how good, how fast and how dear', async () => {
    await record({ costUsd: '0.000000000003', totalMs: 100, outputTokens: 10 }, { score: 1 });
    await record({ costUsd: '0.01', totalMs: 300, outputTokens: 30, stream: true, ttftMs: 50 }, { score: -0.5 });
    await record({ status: 'error', httpStatus: 502, costUsd: null, outputTokens: null });
    await record({ cache: 'exact-l1', costUsd: '0', totalMs: 1, outputTokens: 20 });
    await record({ status: 'rejected', httpStatus: 429, costUsd: null });
    await record({ policy: 'default@2' });
    const { data, total, truncated } = await read();
    expect(data.map(({ key, requests }) => [key, requests])).toEqual([
      ['default@1', 5],
      ['default@2', 1],
    ]);
    const [first] = data;
    expect(first).toMatchObject({ errors: 1, costUsd: '0.010000000003', verdicts: 2, voices: 2, badHits: 0 });
    const { figures } = first!;
    expect(figures.errorShare).toMatchObject({ value: 0.25, count: 4 });
    expect(figures.cacheHitShare).toMatchObject({ value: 1 / 3, count: 3 });
    expect(figures.costPer1kUsd).toMatchObject({ value: '3.333333334333', count: 3 }); // exact, to the twelfth digit
    expect(figures.outputTokens).toMatchObject({ value: 20, count: 3 });
    expect(figures.quality).toMatchObject({ value: 0.625, count: 2 });
    expect(figures.p50Ms.value).toBeCloseTo(100, -1);
    expect(figures.p95Ms.value).toBeGreaterThan(294);
    expect(figures.p95Ms.high).toBeNull(); // of three answers nobody knows
    expect(figures.ttftP50Ms).toMatchObject({ count: 1 }); // streams only
    expect([total.requests, total.verdicts, truncated]).toEqual([6, 2, false]);
  });

  it('have the intervals that are printed of known samples', async () => {
    await many(80, (n) => (n < 15 ? { status: 'error', httpStatus: 502 } : {}));
    const { total } = await read();
    // Wilson's interval of 15 of 80, by hand.
    expect(total.figures.errorShare).toMatchObject({ value: 0.1875 });
    expect(total.figures.errorShare.low).toBeCloseTo(0.117, 3);
    expect(total.figures.errorShare.high).toBeCloseTo(0.2866, 3);
  });

  it('tell apart by rule, by arm of an experiment and by task, and count each request once in the total', async () => {
    const plan = (id: string, arm: string): PlanDocument => {
      const document = aPlan(id);
      const experiments = [{ id: 'sum-1', arm, unit: 'user' as const }];
      const decisions = [
        decision('defaults', 'matched'),
        decision('long', 'matched'),
        decision('vip', arm === 'new' ? 'matched' : 'not-matched'),
      ];
      return { ...document, decisions, plan: { ...document.plan, experiments } };
    };
    const [old, fresh] = [plan('plan-old', 'old'), plan('plan-new', 'new')];
    await record({}, { plan: old, score: -1 });
    await record({ features: { 'features.task': 'code' } }, { plan: old, score: 1 });
    await record({}, { plan: fresh, score: 1 });
    await record();
    const by = async (dimension: string) => {
      const { data, total } = await read({ by: dimension });
      expect([total.requests, total.verdicts]).toEqual([4, 3]);
      return Object.fromEntries(
        data.map(({ key, requests, figures }) => [String(key), [requests, figures.quality.value]] as const),
      );
    };
    expect(await by('rule')).toEqual({ long: [3, 2 / 3], vip: [1, 1] });
    expect(await by('experiment')).toEqual({ 'sum-1/old': [2, 0.5], 'sum-1/new': [1, 1] });
    expect(await by('task')).toEqual({ null: [3, 0.5], code: [1, 1] });
  });

  it('leave out what the relay asked itself, what no model was asked for, and what is outside of the range', async () => {
    await record();
    await record({ endpoint: 'internal:judge' });
    await record({ model: null, endpoint: 'models.list' });
    await record({}, { at: NOW - 25 * HOUR_MS, score: 1 });
    await record({}, { at: NOW });
    expect((await read()).total).toMatchObject({ requests: 1, verdicts: 0 });
    expect((await read({ from: '2026-03-02T00:00:00Z' })).total).toMatchObject({ requests: 2, verdicts: 1 });
  });

  it('show a reader of one tenant that tenant only, whatever is asked for', async () => {
    await record({ policy: 'mine@1' }, { score: 1 });
    await record({ policy: 'theirs@1', tenant: 'globex' }, { score: -1 });
    const seen = await read({}, 'acme');
    expect(seen.data.map(({ key }) => key)).toEqual(['mine@1']);
    expect(seen.total).toMatchObject({ requests: 1, verdicts: 1 });
    expect((await read({ tenant: 'globex' }, 'acme')).total).toMatchObject({ requests: 0, verdicts: 0 });
    const { b } = await compare({ a: 'mine@1', b: 'theirs@1' }, 'acme');
    expect(b.group).toMatchObject({ requests: 0, verdicts: 0 });
    expect((await read({ tenant: 'globex' })).total).toMatchObject({ requests: 1, verdicts: 1 });
  });

  it('count an answer from the cache that somebody said was wrong', async () => {
    const [good, bad] = [newTraceId(NOW), newTraceId(NOW)];
    await database.dataSource.query(
      `INSERT INTO semantic_labels (id, evidence, embedder, similarity, correct, weight, source, entry_id, at, writer)
       VALUES ($1, 'e', 'm', 1, false, 1, 'bad-hit', $2, $3, $1)`,
      [newTraceId(NOW), bad, new Date(NOW)],
    );
    for (const cacheEntry of [good, bad, bad]) await record({ cache: 'semantic', cacheEntry, similarity: 0.95 });
    await record({ cache: 'exact-l1', cacheEntry: 'a'.repeat(64) });
    expect((await read()).data).toMatchObject([{ badHits: 2 }]);
  });

  it('find worse what is worse, and nothing else', async () => {
    const policy = (n: number): string => `default@${(n % 2) + 1}`;
    await many(
      400,
      (n) => ({
        policy: policy(n),
        totalMs: 100 + (n % 40) + (n % 2 === 1 ? 200 : 0), // the second is slower
        costUsd: n % 2 === 1 ? '0.0002' : `0.000${4 + (n % 3)}`, // and cheaper
        outputTokens: 40 + (n % 7),
      }),
      (n) => (n < 240 ? { score: n % 2 === 1 ? (n % 5 < 2 ? 1 : -1) : n % 10 < 9 ? 1 : -1 } : {}),
    );
    const compared = await compare({ a: 'default@1', b: 'default@2' });
    expect(verdicts(compared)).toMatchObject({
      ...{ quality: 'worse', p50Ms: 'worse', p95Ms: 'worse', costPer1kUsd: 'better' },
      ...{
        errorShare: 'no-difference',
        outputTokens: 'no-difference',
        cacheHitShare: 'no-difference',
        ttftP95Ms: 'too-few',
      },
    });
    expect(compared).toMatchObject({ regression: true, tested: 7 });
    expect(compared.confidence).toBeCloseTo(1 - 0.05 / 7);
    const cost = compared.figures.find(({ figure }) => figure === 'costPer1kUsd');
    expect(Number(cost?.difference)).toBeCloseTo(-0.3, 2);
    expect(Number(cost?.high)).toBeLessThan(0);
    const tolerant = await compare({ a: 'default@1', b: 'default@2', tolerance: 1 });
    expect(verdicts(tolerant)).toMatchObject({ quality: 'no-difference', costPer1kUsd: 'no-difference' });
  });

  it('hold all requests, or one group, before a moment against those after it', async () => {
    const moment = NOW - 2 * HOUR_MS;
    await many(
      80,
      (n) => ({ model: 'small', status: n >= 40 && n % 2 === 0 ? 'error' : 'ok' }),
      (n) => ({ at: n < 40 ? moment - 1 - n : moment + n - 40 }),
    );
    await many(
      40,
      () => ({ model: 'large' }),
      () => ({ at: moment + 5 }),
    );
    const all = await compare({ moment: new Date(moment).toISOString() });
    expect([all.a.name, all.a.group.requests, all.b.group.requests]).toEqual([null, 40, 80]);
    const small = await compare({ by: 'model', a: 'small', moment: new Date(moment).toISOString() });
    expect([small.b.name, small.a.group.requests, small.b.group.requests]).toEqual(['small', 40, 40]);
    expect(small.b.group.figures.errorShare.value).toBe(0.5);
    expect(verdicts(small)).toMatchObject({ errorShare: 'worse', quality: 'too-few' });
  });

  it('does not let one user speak for many', async () => {
    const said = (n: number): More => ({ score: n % 2 === 0 ? 1 : -1, user: n % 2 === 0 ? `user-${n % 40}` : 'ann' });
    await many(80, (n) => ({ policy: n % 2 === 0 ? 'good@1' : 'bad@1' }), said);
    const { data } = await read();
    const bad = data.find(({ key }) => key === 'bad@1');
    expect(bad).toMatchObject({ verdicts: 40, voices: 1, figures: { quality: { value: 0 } } });
    expect(verdicts(await compare({ a: 'good@1', b: 'bad@1' }))).toMatchObject({ quality: 'too-few' });
  });

  it('refuse a name that no group can have', async () => {
    await expect(compare({ a: 'nul\u0000', b: 'b' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each([
    [{ from: '2026-03-03T12:00:00Z', to: '2026-03-03T12:00:00Z', a: 'a', b: 'b' }, 'from'],
    [{ from: '2026-01-01T00:00:00Z', a: 'a', b: 'b' }, 'from'],
    [{ a: 'a' }, 'b'],
    [{ b: 'b' }, 'a'],
    [{ a: 'a', b: 'a' }, 'b'],
    [{ a: 'a', b: 'b', moment: '2026-03-03T11:00:00Z' }, 'b'],
    [{ moment: '2026-03-01T11:00:00Z' }, 'moment'],
  ])('refuse the comparison %j', async (query, param) => {
    const refused = await evaluations.compare(evaluationComparisonQuerySchema.parse(query), null);
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_request', param } });
  });
});
