import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newTraceId, systemClock, type Result, type RelayError } from '@relay/core';
import { aPlan, FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { feedbackKit, principalOf } from '../../test/feedback-kit';
import { traceKit } from '../../test/recorder-kit';
import { aTrace } from '../../test/trace-record.builder';
import { dropPlansBefore } from '../persistence/stored-plans';
import { dropFeedbackBefore, FEEDBACK_RETENTION_MS } from './feedback-store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('feedback on PostgreSQL, because TEST_DATABASE_URL is not set');

const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_feedback')]);

const DAY_MS = 86_400_000;
const TASK = { 'request.user': 'ann', 'features.task': 'code' };

function valueOf<T>(result: Result<T, RelayError>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

describe.each(backends)('feedback on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;
  let traces: ReturnType<typeof traceKit>;
  let feedback: ReturnType<typeof feedbackKit>;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE request_traces, execution_plans, feedback, tenant_spend');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    traces = traceKit(database.dataSource, directory, systemClock);
    traces.recorder.onModuleInit();
    feedback = feedbackKit(database.dataSource, traces.finished, systemClock);
  });
  afterEach(async () => {
    feedback.ledger.onApplicationShutdown();
    traces.spend.onApplicationShutdown();
    await traces.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  const record = (changes: object = {}) => {
    const trace = aTrace(Date.now(), { features: TASK, ...changes });
    traces.recorder.record(trace, null, null);
    return trace;
  };
  const give = (tenant: string, traceId: string, score: number, keyId?: string) =>
    feedback.service.submit(principalOf(tenant, keyId), { trace_id: traceId, score, comment: 'well\0' });
  const rows = () => database.dataSource.query<Record<string, unknown>[]>('SELECT * FROM feedback ORDER BY id');
  /** What another process knows once it has looked. */
  const elsewhere = async (clock = systemClock) => {
    const { ledger } = feedbackKit(
      database.dataSource,
      traceKit(database.dataSource, directory, clock).finished,
      clock,
    );
    await ledger.poll();
    ledger.onApplicationShutdown();
    return ledger;
  };

  it('is kept with who was asked about what, before the trace itself is in the database', async () => {
    const trace = record();
    const receipt = valueOf(await give('acme', trace.id.toUpperCase(), 0.5));
    expect(receipt).toEqual({ id: expect.any(String), trace_id: trace.id, score: 0.5 });
    expect(await rows()).toMatchObject([
      {
        ...{ id: receipt.id, trace_id: trace.id, tenant: 'acme', user_name: 'ann', key_id: 'key-of-acme' },
        ...{ model: 'small', task: 'code', score: 0.5, comment: 'well\uFFFD', source: 'app' },
      },
    ]);
  });

  it('takes a score that is too small for the database as none of either sign', async () => {
    valueOf(await give('acme', record().id, -1e-320));
    expect(await rows()).toMatchObject([{ score: 0 }]);
  });

  it('is the own say of somebody in the console, told together with something else or not at all', async () => {
    const trace = record();
    valueOf(await give('acme', trace.id, 1));
    const judge = { keyId: 'console:eve@example.com', tenantId: 'acme', source: 'console' as const };
    const told: unknown[] = [];
    const alongside = async (transaction: EntityManager) => void told.push(await transaction.query('SELECT 1 AS one'));
    valueOf(await feedback.service.judge({ ...judge, alongside }, { trace_id: trace.id, score: -1 }));
    expect(told).toEqual([[{ one: 1 }]]);
    const said = [
      { key_id: 'key-of-acme', user_name: 'ann', source: 'app', score: 1 },
      { key_id: judge.keyId, user_name: null, source: 'console', score: -1 },
    ];
    expect(await rows()).toMatchObject(said);

    const fails = () => Promise.reject(new Error('not told'));
    const refused = await feedback.service.judge({ ...judge, alongside: fails }, { trace_id: trace.id, score: 0 });
    expect(refused).toMatchObject({ error: { code: 'unavailable' } });
    expect(await rows()).toMatchObject(said);
    const other = await feedback.service.judge({ ...judge, tenantId: 'globex' }, { trace_id: trace.id, score: 0 });
    expect(other).toMatchObject({ error: { code: 'not_found' } });
  });

  it('finds a trace of another process in the database', async () => {
    const trace = record();
    await traces.recorder.flush();
    const other = feedbackKit(
      database.dataSource,
      traceKit(database.dataSource, directory, systemClock).finished,
      systemClock,
    );
    valueOf(await other.service.submit(principalOf('acme'), { trace_id: trace.id, score: 1 }));
    expect(await rows()).toMatchObject([{ user_name: 'ann', model: 'small', task: 'code' }]);
  });

  it('knows from which entry of the cache a request was served, here and in other processes', async () => {
    const hit = record({ cache: 'semantic', cacheEntry: 'entry-1', similarity: 0.5 });
    const miss = record({ cache: 'miss' });
    await traces.recorder.flush();
    const other = feedbackKit(
      database.dataSource,
      traceKit(database.dataSource, directory, systemClock).finished,
      systemClock,
    );
    for (const { service } of [feedback, other]) {
      const hitOf = (tenant: string, id: string) => service.hitOf(principalOf(tenant), id);
      expect(valueOf(await hitOf('acme', hit.id.toUpperCase()))).toEqual({ entryId: 'entry-1', similarity: 0.5 });
      expect(await hitOf('acme', miss.id)).toMatchObject({ error: { code: 'invalid_request', param: 'bad_hit' } });
      for (const [tenant, id] of [
        ['globex', hit.id],
        ['acme', newTraceId(Date.now())],
        ['acme', randomUUID()],
      ] as const)
        expect(await hitOf(tenant, id)).toMatchObject({ error: { code: 'not_found', param: 'trace_id' } });
    }
  });

  it("tells nobody whether another tenant's trace exists", async () => {
    const trace = record();
    const ids = [trace.id, newTraceId(Date.now()), randomUUID()];
    const known = await Promise.all(ids.map((id) => give('globex', id, 1)));
    await traces.recorder.flush();
    const other = feedbackKit(
      database.dataSource,
      traceKit(database.dataSource, directory, systemClock).finished,
      systemClock,
    );
    const stored = await other.service.submit(principalOf('globex'), { trace_id: trace.id, score: 1 });
    for (const refused of [...known, stored])
      expect(refused).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(new Set([...known, stored].map((refused) => (refused.ok ? '' : refused.error.message))).size).toBe(1);
    expect(await rows()).toEqual([]);
  });

  it('of one key on one trace takes the place of what it said before; another key adds its own', async () => {
    const trace = record();
    const first = valueOf(await give('acme', trace.id, 1));
    const second = valueOf(await give('acme', trace.id, -1));
    expect(second.id).toBe(first.id);
    const counted = feedback.ledger.evidenceOf('acme', 'ann').tenant.get('code small');
    expect([counted?.weight, counted?.sum]).toEqual([expect.closeTo(1, 3), expect.closeTo(0, 3)]);
    valueOf(await give('acme', trace.id, 1, 'another-key'));
    expect((await rows()).map(({ score }) => score)).toEqual([-1, 1]);
    expect((await traces.store.get(trace.id, null))?.actual).toMatchObject({ quality: 0.5 });
  });

  it('counts at once here, and elsewhere when the other process looks', async () => {
    const trace = record();
    valueOf(await give('acme', trace.id, 0.5));
    const { tenant, user } = feedback.ledger.evidenceOf('acme', 'ann');
    const once = { weight: expect.closeTo(1, 3), sum: expect.closeTo(0.75, 3) }; // it fades from the first millisecond on
    expect(tenant.get('code small')).toEqual(once);
    expect(user.get('code small')).toEqual(once);
    expect(feedback.ledger.evidenceOf('acme', '').user.size).toBe(0);
    expect(feedback.ledger.evidenceOf('globex', 'ann')).toEqual({ tenant: new Map(), user: new Map() });
    const seen = (await elsewhere()).evidenceOf('acme', 'ann').tenant.get('code small');
    expect(seen?.weight).toBeCloseTo(1, 3);
    expect((seen?.sum ?? 0) / (seen?.weight ?? 1)).toBeCloseTo(0.75, 6);
  });

  it('that changed is taken over by the next look, and a look without changes leaves the maps as they are', async () => {
    const trace = record();
    valueOf(await give('acme', trace.id, 1));
    const other = feedbackKit(database.dataSource, traces.finished, systemClock);
    await other.ledger.poll();
    await database.dataSource.query(`UPDATE feedback SET changed_at = now() - interval '1 minute'`);
    const before = other.ledger.evidenceOf('acme', '').tenant;
    await other.ledger.poll();
    expect(other.ledger.evidenceOf('acme', '').tenant).toBe(before);
    valueOf(await give('acme', trace.id, -1));
    await other.ledger.poll();
    expect(other.ledger.evidenceOf('acme', '').tenant.get('code small')?.sum).toBeCloseTo(0, 3);
    other.ledger.onApplicationShutdown();
  });

  it('on an answer from the cache counts for the request that produced it, however often that is served', async () => {
    const source = record();
    const hits = Array.from({ length: 30 }, () => record({ cache: 'exact-l1', cacheSource: source.id }));
    valueOf(await give('acme', source.id, 1));
    for (const [n, { id }] of hits.slice(0, 15).entries())
      expect(valueOf(await give('acme', id, -1))).toMatchObject({ trace_id: hits[n]?.id });
    await traces.recorder.flush();
    const other = feedbackKit(
      database.dataSource,
      traceKit(database.dataSource, directory, systemClock).finished,
      systemClock,
    );
    for (const { id } of hits.slice(15))
      valueOf(await other.service.submit(principalOf('acme'), { trace_id: id, score: -1 }));
    expect(await rows()).toMatchObject([{ trace_id: source.id, score: -1 }]);
    for (const { ledger } of [feedback, other, { ledger: await elsewhere() }])
      expect(ledger.evidenceOf('acme', 'ann').tenant.get('code small')?.weight).toBeCloseTo(1, 3);
    for (const { id } of [source, ...hits.slice(-1)])
      expect((await traces.store.get(id, null))?.actual).toMatchObject({ quality: 0 });
  });

  it('of one key on one answer is that of the user who had the last say', async () => {
    const source = record();
    const toBob = record({ cacheSource: source.id, features: { ...TASK, 'request.user': 'bob' } });
    const other = feedbackKit(database.dataSource, traces.finished, systemClock);
    valueOf(await give('acme', source.id, 1));
    await other.ledger.poll();
    valueOf(await give('acme', toBob.id, -1));
    await other.ledger.poll();
    for (const { ledger } of [feedback, other]) {
      const weightOf = (user: string): number => ledger.evidenceOf('acme', user).user.get('code small')?.weight ?? 0;
      expect([weightOf('ann'), weightOf('bob')]).toEqual([expect.closeTo(0, 3), expect.closeTo(1, 3)]);
      const { weight, sum } = ledger.evidenceOf('acme', '').tenant.get('code small') ?? {};
      expect([weight, sum]).toEqual([expect.closeTo(1, 3), expect.closeTo(0, 3)]);
    }
    other.ledger.onApplicationShutdown();
  });

  it('of one user weighs ten verdicts in what the tenant knows, and all of them in what is known of the user', async () => {
    for (let n = 0; n < 20; n++) valueOf(await give('acme', record().id, n < 5 ? 1 : -1, `key-${n % 2}`));
    for (const ledger of [feedback.ledger, await elsewhere()]) {
      const { tenant, user } = ledger.evidenceOf('acme', 'ann');
      const expected = { weight: expect.closeTo(10, 2), sum: expect.closeTo(2.5, 2) };
      expect(tenant.get('code small')).toEqual(expected);
      expect(user.get('code small')).toEqual({ weight: expect.closeTo(20, 2), sum: expect.closeTo(5, 2) });
    }
  });

  it('is taken from a user whose name no database can hold', async () => {
    const trace = record({ features: { ...TASK, 'request.user': 'a\0b' } });
    expect(await give('acme', trace.id, 1)).toMatchObject({ ok: true });
  });

  it('weighs by key where the app names no user', async () => {
    const nameless = { features: { 'features.task': 'code' } };
    for (let n = 0; n < 12; n++) valueOf(await give('acme', record(nameless).id, -1, 'key-a'));
    for (let n = 0; n < 3; n++) valueOf(await give('acme', record(nameless).id, 1, 'key-b'));
    for (const ledger of [feedback.ledger, await elsewhere()])
      expect(ledger.evidenceOf('acme', '').tenant.get('code small')).toEqual({
        weight: expect.closeTo(13, 2),
        sum: expect.closeTo(3, 2),
      });
  });

  describe('of many', () => {
    const insert = (values: string): Promise<unknown> =>
      database.dataSource.query(`
        INSERT INTO feedback (id, at, trace_id, tenant, user_name, key_id, model, task, score, source)
        SELECT gen_random_uuid(), now() - age, gen_random_uuid(), tenant, user_name, 'key', 'small', 'code', 1, 'app'
        FROM (${values}) AS said (tenant, user_name, age)`);

    it('is read for each tenant by itself: a loud one crowds out nobody', async () => {
      await insert(`SELECT 'loud', 'user ' || n, interval '1 second' FROM generate_series(1, 2500) n`);
      await insert(`SELECT 'acme', 'ann', interval '1 day'`);
      const read = await feedback.store.evidence(Date.now(), ['loud', 'acme']);
      expect(read.filter(({ tenant }) => tenant === 'loud')).toHaveLength(2_000);
      expect(read.filter(({ tenant }) => tenant === 'acme')).toMatchObject([{ user: 'ann', model: 'small' }]);
    });

    it('is read for all tenants at the start, some at a time', async () => {
      await insert(`SELECT 'tenant-' || n, 'ann', interval '1 second' FROM generate_series(1, 250) n`);
      const ledger = await elsewhere();
      const known = Array.from({ length: 250 }, (_, n) => ledger.evidenceOf(`tenant-${n + 1}`, '').tenant.size);
      expect(known.filter((size) => size === 1)).toHaveLength(250);
    });
  });

  it('fades: after 30 days it weighs half', async () => {
    valueOf(await give('acme', record().id, 1));
    const later = new FakeClock(Date.now() + 30 * DAY_MS);
    expect((await elsewhere(later)).evidenceOf('acme', '').tenant.get('code small')?.weight).toBeCloseTo(0.5, 2);
  });

  it('is removed when it counts for nothing any more', async () => {
    valueOf(await give('acme', record().id, 1));
    expect(await dropFeedbackBefore(database.dataSource, Date.now() - FEEDBACK_RETENTION_MS)).toBe(0);
    expect(await dropFeedbackBefore(database.dataSource, Date.now() + 1_000)).toBe(1);
  });

  it('adds up what a tenant spends: own requests at once, those of others when it is read', async () => {
    expect(traces.spend.spentUsd('acme')).toBeNull();
    record({ costUsd: '0.25' });
    await traces.spend.refresh();
    expect(traces.spend.spentUsd('acme')).toBeCloseTo(0.25, 9);
    record({ costUsd: '0.5' });
    record({ costUsd: '2', tenant: 'globex' });
    expect(traces.spend.spentUsd('acme')).toBeCloseTo(0.75, 9);
    const other = traceKit(database.dataSource, directory, systemClock);
    await traces.recorder.flush();
    await other.spend.refresh();
    expect([other.spend.spentUsd('acme'), other.spend.spentUsd('globex'), other.spend.spentUsd('initech')]).toEqual([
      0.75, 2, 0,
    ]);
    await traces.spend.refresh();
    expect(traces.spend.spentUsd('acme')).toBeCloseTo(0.75, 9); // not twice
    other.spend.onApplicationShutdown();
  });

  it('counts money once, also when a batch is sent again, and by the month', async () => {
    const trace = record({ costUsd: '0.25' });
    await traces.recorder.flush();
    traces.recorder.record(trace, null, null);
    traces.recorder.record(aTrace(Date.now() - 32 * DAY_MS, { costUsd: '5' }), null, null);
    await traces.spend.refresh();
    expect(traces.spend.spentUsd('acme')).toBeCloseTo(0.25, 9);
  });

  it('keeps a plan while it is in use, and removes it when its traces are gone', async () => {
    const plans = () => database.dataSource.query<object[]>('SELECT id FROM execution_plans');
    traces.recorder.record(aTrace(Date.now(), { planId: 'plan-1' }), aPlan('plan-1'), null);
    await traces.recorder.flush();
    await database.dataSource.query(`UPDATE execution_plans SET seen_at = now() - interval '40 days'`);
    traces.recorder.record(aTrace(Date.now() + 3_600_000, { planId: 'plan-1' }), aPlan('plan-1'), null); // an hour later
    await traces.recorder.flush();
    expect(await dropPlansBefore(database.dataSource, Date.now() - 30 * DAY_MS)).toBe(0);
    await database.dataSource.query(`UPDATE execution_plans SET seen_at = now() - interval '40 days'`);
    expect(await dropPlansBefore(database.dataSource, Date.now() - 30 * DAY_MS)).toBe(1);
    expect(await plans()).toEqual([]);
  });
});

describe('feedback without a database', () => {
  it('is refused, with the time after which to send it again', async () => {
    Logger.overrideLogger(false);
    const broken = { query: () => Promise.reject(new Error('connection refused')) } as never;
    const { service } = feedbackKit(broken, traceKit(broken, '/nonexistent', systemClock).finished, systemClock);
    const refused = await service.submit(principalOf('acme'), { trace_id: newTraceId(Date.now()), score: 1 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable', retryAfterSeconds: 5 } });
  });

  it('is refused when the database does not answer in time', async () => {
    const clock = new FakeClock();
    const silent = { query: () => new Promise(() => undefined) } as never;
    const { service } = feedbackKit(silent, traceKit(silent, '/nonexistent', clock).finished, clock);
    const refusal = service.submit(principalOf('acme'), { trace_id: newTraceId(clock.now()), score: 1 });
    await clock.advanceAsync(5_000);
    expect(await refusal).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });
});
