import { aPlan, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { systemClock, newTraceId, turnEnd } from '@relay/core';
import { dropPartitionsBefore } from '@relay/database';
import { traceDetailSchema, tracePageSchema, traceQuerySchema } from '@relay/contracts';
import { traceKit } from '../test/recorder-kit';
import { aTrace } from '../test/trace-record.builder';
import type { TraceRecord } from './domain/trace-record';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('traces on PostgreSQL, because TEST_DATABASE_URL is not set');

const backends: [string, () => Promise<TestDatabase>][] = [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_trace')]);

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 2, 3, 12);
const page = (query: object = {}) => traceQuerySchema.parse(query);

describe.each(backends)('traces on %s', (_name, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;

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
  });
  afterEach(async () => {
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  const segments = () => readdirSync(directory).filter((name) => name.startsWith('segment_'));
  const ids = async (query: object = {}, scope: string | null = null) =>
    (await kit.store.list(page(query), scope)).data.map((row) => row.id);

  it('a trace can be read in full as soon as it is recorded', async () => {
    const trace = aTrace(START + 123, { planId: 'plan-1', cacheSource: newTraceId(START) });
    kit.recorder.record(trace, aPlan('plan-1'), { request: '{"model":"small"}', response: 'data: [DONE]' });

    const detail = await kit.store.get(trace.id, null);

    expect(() => traceDetailSchema.parse(detail)).not.toThrow();
    expect(detail).toMatchObject({
      id: trace.id,
      at: '2026-03-03T12:00:00.123Z',
      requestId: 'req-1',
      status: 'ok',
      totalMs: 34.25,
      costUsd: '0.00045',
      savedUsd: null,
      attempts: 1,
      degraded: [],
      plan: { route: { candidates: [{ provider: 'mock' }] } },
      candidates: [{ provider: 'mock' }],
      decisions: [{ reason: 'features.inputTokens > 4000 [features.inputTokens = 100]' }],
      stages: [
        { name: 'auth', startMs: 0, durationMs: 0.25, attributes: {} },
        { name: 'upstream', startMs: 0.5, durationMs: 33, attributes: { provider: 'mock' } },
      ],
      predicted: { totalMs: 30, quality: null },
      actual: {
        totalMs: 34.25,
        ttftMs: 12.5,
        queueMs: 0,
        serviceMs: 33,
        inputTokens: 100,
        outputTokens: 50,
        costUsd: '0.00045',
      },
      payload: { request: { model: 'small' }, response: 'data: [DONE]' },
    });
  });

  it('finds a trace by its id whatever figures an upstream made up', async () => {
    const odd = aTrace(START, {
      ...{ inputTokens: 1e18, cachedInputTokens: -3, outputTokens: 2.6, reasoningTokens: Number.NaN },
      ...{ tokenParts: { cacheWriteTokens: 4e9 }, ttftMs: 1e300, queueMs: -1e300, totalMs: Number.NaN, savedMs: 1e39 },
      ...{ costUsd: '60000000000000', savedUsd: 'nonsense' },
    });
    kit.recorder.record(odd, null, null);
    expect(traceDetailSchema.parse(await kit.store.get(odd.id, null))).toMatchObject({
      ...{ inputTokens: 2_147_483_647, cachedInputTokens: 0, outputTokens: 3, costUsd: '99999999.999999999999' },
      ...{ totalMs: 0, savedUsd: null },
    });
  });

  it('keeps every kind of token, the price they were charged at, and whether they were counted here', async () => {
    const tokenParts = {
      ...{ cacheWriteTokens: 30, cacheWriteHourTokens: 10, audioInputTokens: 5, imageInputTokens: 4 },
      ...{ audioOutputTokens: 3, imageOutputTokens: 2 },
    };
    const priceVersion = 'genai-prices@0.1.8';
    const [full, plain] = [
      aTrace(START, { reasoningTokens: 7, tokenParts, priceVersion, usageEstimated: true }),
      aTrace(START + 1),
    ];
    for (const trace of [full, plain]) kit.recorder.record(trace, null, null);

    const detail = traceDetailSchema.parse(await kit.store.get(full.id, null));
    expect(detail).toMatchObject({
      ...{ priceVersion, usageEstimated: true },
      actual: { cachedInputTokens: 40, reasoningTokens: 7, ...tokenParts },
    });
    const { actual, usageEstimated } = traceDetailSchema.parse(await kit.store.get(plain.id, null));
    expect(usageEstimated).toBe(false);
    expect(Object.keys(actual).filter((key) => key in tokenParts)).toEqual([]);
    expect((await kit.store.list(page(), null)).data.map((row) => row.usageEstimated)).toEqual([false, true]);
  });

  it('shows the scores of the request where they are not those of its plan', async () => {
    const { candidates } = aPlan('plan-1').plan.route;
    const scores = candidates.map((candidate) => ({ ...candidate, score: 0.25, terms: { quality: 0.5, usd: 0.25 } }));
    const [own, shared] = [aTrace(START, { planId: 'plan-1', scores }), aTrace(START + 1, { planId: 'plan-1' })];
    for (const trace of [own, shared]) kit.recorder.record(trace, aPlan('plan-1'), null);

    expect(await kit.store.get(own.id, null)).toMatchObject({
      candidates: scores,
      plan: { route: { candidates: scores } },
    });
    expect(await kit.store.get(shared.id, null)).toMatchObject({ candidates, plan: { route: { candidates } } });
  });

  it('a trace tells each attempt with what is known of it', async () => {
    const sent = { provider: 'mock', model: 'mock-small', upstreamStatus: 200, startMs: 1, durationMs: 2 };
    const billed = { ...sent, outcome: 'not_accepted', inputTokens: 10, outputTokens: 5, costUsd: '0.00020' };
    const passedOver = { ...sent, outcome: 'breaker_open', upstreamStatus: null, durationMs: 0 };
    const [several, one, none] = [[passedOver, billed], [{ ...sent, outcome: 'ok' }], []].map((attempts) =>
      aTrace(START, { attempts, inputTokens: 100, outputTokens: 50, costUsd: '0.00045' }),
    );
    const logged = async (trace: TraceRecord | undefined) => {
      if (trace) kit.recorder.record(trace, null, null);
      const detail = await kit.store.get(trace?.id ?? '', null);
      expect(() => traceDetailSchema.parse(detail)).not.toThrow();
      expect(detail?.attempts).toBe(detail?.attemptLog.length);
      return detail?.attemptLog;
    };

    expect(await logged(several)).toEqual([
      { ...passedOver, inputTokens: null, outputTokens: null, costUsd: null },
      { ...billed, costUsd: '0.0002' },
    ]);
    // A single one's figures are those of the request.
    expect(await logged(one)).toEqual([
      { ...sent, outcome: 'ok', inputTokens: 100, outputTokens: 50, costUsd: '0.00045' },
    ]);
    expect(await logged(none)).toEqual([]);
  });

  it('a refusal that knows neither tenant nor plan is a trace too', async () => {
    const nothing = { tenant: null, keyId: null, model: null, servedModel: null, provider: null, ttftMs: null };
    const refused = {
      status: 'rejected',
      httpStatus: 401,
      errorCode: 'invalid_api_key',
      error: 'No such key.',
    } as const;
    const trace = aTrace(START, { ...nothing, ...refused, attempts: [], stages: [], features: null, predicted: null });
    kit.recorder.record(trace, null, null);

    const detail = await kit.store.get(trace.id, null);

    expect(() => traceDetailSchema.parse(detail)).not.toThrow();
    expect(detail).toMatchObject({ errorCode: 'invalid_api_key', error: 'No such key.', plan: null, payload: null });
  });

  it('trap 54: requests of one plan share one document', async () => {
    const traces = [0, 1, 2].map((ms) => aTrace(START + ms, { planId: 'plan-1' }));
    for (const trace of traces) kit.recorder.record(trace, aPlan('plan-1'), null);

    for (const trace of traces) expect((await kit.store.get(trace.id, null))?.plan?.serviceLevel).toBe('standard');
    expect(await database.dataSource.query('SELECT id FROM execution_plans')).toEqual([{ id: 'plan-1' }]);
  });

  it('text that Postgres cannot hold is stored with a replacement character', async () => {
    const trace = aTrace(START, { requestId: 'a\0b', error: 'half \uD83D pair', features: { 'k\0': ['\0'] } });
    kit.recorder.record(trace, null, { request: '\0', response: '😀' });

    expect(await kit.store.get(trace.id, null)).toMatchObject({
      requestId: 'a\uFFFDb',
      error: 'half \uFFFD pair',
      features: { 'k\uFFFD': ['\uFFFD'] },
      payload: { request: '\uFFFD', response: '😀' },
    });
  });

  it('a row that the database refuses is set aside and the others are stored', async () => {
    const good = Array.from({ length: 20 }, (_, n) => aTrace(START + n));
    const bad = aTrace(START, { httpStatus: 99_999 });
    for (const trace of [...good.slice(0, 7), bad, ...good.slice(7)]) kit.recorder.record(trace, null, null);
    await kit.recorder.flush();

    expect(await ids()).toEqual(good.map((trace) => trace.id).reverse());
    expect(kit.recorder.status()).toMatchObject({ queued: 0, spooledBytes: 0, rejected: 1, lastError: null });
    expect(readFileSync(join(directory, 'rejected.ndjson'), 'utf8')).toContain(bad.id);
  });

  it('rows of any day find a partition, also of one that was dropped meanwhile', async () => {
    const old = aTrace(START - 300 * DAY_MS);
    kit.recorder.record(old, null, null);
    await kit.recorder.flush();
    await dropPartitionsBefore(database.dataSource, START - 200 * DAY_MS);
    const again = aTrace(old.at + 1);
    kit.recorder.record(again, null, null);

    expect(await ids()).toEqual([again.id]);
  });

  it('pages run newest first without gap or repetition, also through one millisecond', async () => {
    const traces = Array.from({ length: 7 }, (_, n) => aTrace(START + Math.floor(n / 4)));
    for (const trace of traces) kit.recorder.record(trace, null, null);
    const sorted = traces
      .map((trace) => trace.id)
      .sort()
      .reverse();

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const reply = await kit.store.list(page({ limit: 3, cursor }), null);
      expect(() => tracePageSchema.parse(reply)).not.toThrow();
      seen.push(...reply.data.map((row) => row.id));
      cursor = reply.nextCursor ?? undefined;
    } while (cursor !== undefined);

    expect(seen).toEqual(sorted);
  });

  it('a cursor that is not ours is refused by name', async () => {
    await expect(kit.store.list(page({ cursor: 'nonsense' }), null)).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'cursor',
    });
  });

  it('filters by field, by time and by text', async () => {
    const first = aTrace(START, { requestId: 'R-100%', cache: 'exact-l1' });
    const second = aTrace(START + 1_000, {
      requestId: 'other',
      model: 'large_1',
      status: 'error',
      errorCode: 'upstream_error',
    });
    const third = aTrace(START + 2_000, { requestId: 'third', error: 'It broke', queue: 'long', provider: 'groq' });
    for (const trace of [first, second, third]) kit.recorder.record(trace, null, null);

    expect(await ids({ cache: 'exact-l1' })).toEqual([first.id]);
    expect(await ids({ status: 'error', errorCode: 'upstream_error', model: 'large_1' })).toEqual([second.id]);
    expect(await ids({ provider: 'groq', queue: 'long' })).toEqual([third.id]);
    expect(await ids({ requestId: 'other' })).toEqual([second.id]);
    expect(await ids({ from: '2026-03-03T12:00:01Z', to: '2026-03-03T12:00:02Z' })).toEqual([second.id]);
    expect(await ids({ q: 'r-100%' })).toEqual([first.id]);
    expect(await ids({ q: 'IT BROKE' })).toEqual([third.id]);
    expect(await ids({ q: 'E_1' })).toEqual([second.id]); // neither % nor _ is a wildcard
    expect(await ids({ q: '%' })).toEqual([first.id]);
  });

  it('a reader of one tenant sees nothing of another, whatever the filter says', async () => {
    const mine = aTrace(START, { tenant: 'acme' });
    const other = aTrace(START, { tenant: 'globex' });
    for (const trace of [mine, other]) kit.recorder.record(trace, null, null);

    expect(await ids({}, 'acme')).toEqual([mine.id]);
    expect(await ids({ tenant: 'globex' }, 'acme')).toEqual([]);
    expect(await kit.store.get(other.id, 'acme')).toBeNull();
    expect(await kit.store.get(mine.id, 'acme')).not.toBeNull();
  });

  it('an unknown or malformed id is no trace', async () => {
    expect(await kit.store.get(newTraceId(START), null)).toBeNull();
    expect(await kit.store.get("x' OR 1=1", null)).toBeNull();
  });

  it('what is stored leaves nothing in the spool', async () => {
    kit.recorder.record(aTrace(START), null, null);
    expect(segments()).toHaveLength(1);
    await kit.recorder.flush();
    expect(segments()).toEqual([]);
  });

  it('traces that may wait for what they are of are kept before any of that is told', async () => {
    const traces = [0, 1, 2].map((ms) => aTrace(START + ms));
    for (const trace of traces) kit.recorder.record(trace, null, null, { whenTold: true });
    expect(existsSync(directory) ? segments() : []).toEqual([]);
    expect(kit.recorder.status().queued).toBe(3);
    const kept = await new Promise<string>((tell) =>
      turnEnd.tell(() => tell(readFileSync(join(directory, segments()[0] ?? ''), 'utf8'))),
    );
    expect(kept.match(/"id":"[^"]+"/g)).toEqual(traces.map(({ id }) => `"id":"${id}"`));
    await kit.recorder.flush();
    expect((await ids()).sort()).toEqual(traces.map(({ id }) => id).sort());
  });

  it('a reader finds a trace that still waited for the end of its turn', async () => {
    const trace = aTrace(START);
    kit.recorder.record(trace, null, null, { whenTold: true });
    await kit.recorder.flush();
    expect(await ids()).toEqual([trace.id]);
  });

  it('a plan that is new, and words, are kept at once', () => {
    kit.recorder.record(aTrace(START, { planId: 'plan-9' }), aPlan('plan-9'), null, { whenTold: true });
    kit.recorder.record(aTrace(START + 1), null, { request: 'q', response: 'a' }, { whenTold: true });
    expect(readFileSync(join(directory, segments()[0] ?? ''), 'utf8').split('\n')).toHaveLength(3);
  });

  it('a trace goes to the database by itself', async () => {
    const trace = aTrace(START);
    kit.recorder.record(trace, null, null);
    await until(() => kit.recorder.status().queued === 0);
    expect(await database.dataSource.query('SELECT id FROM request_traces')).toEqual([{ id: trace.id }]);
  });

  it('after kill -9 every trace whose recording returned is stored by the next start', async () => {
    const script = resolve(__dirname, '../../../dist/libs/trace/test/record-until-killed.js');
    if (!existsSync(script)) throw new Error(`${script} is missing. Build first: node tools/build.mjs`);
    const idFile = join(directory, 'acknowledged');
    const child = spawn(process.execPath, [script, directory, idFile, ...(database.url ? [database.url] : [])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let hundreds = 0;
    child.stdout.on('data', (dots: Buffer) => {
      hundreds += dots.length;
      if (hundreds > 30) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = readFileSync(idFile, 'utf8')
      .split('\n')
      .filter((line) => line.length === 36);
    expect(acknowledged.length).toBeGreaterThan(2_000);

    const next = traceKit(database.dataSource, directory, systemClock);
    next.recorder.onModuleInit();
    await until(() => next.recorder.status().spooledBytes === 0);
    await next.recorder.onApplicationShutdown();

    const rows = await database.dataSource.query<{ id: string; plan: string | null; payload: string | null }[]>(
      `SELECT trace.id, document.id AS plan, payload.trace_id AS payload FROM request_traces trace
       LEFT JOIN execution_plans document ON document.id = plan_id
       LEFT JOIN request_payloads payload ON payload.trace_id = trace.id`,
    );
    const complete = new Set(rows.filter((row) => row.plan !== null && row.payload !== null).map((row) => row.id));
    expect(acknowledged.filter((id) => !complete.has(id))).toEqual([]);
    expect(segments()).toEqual([]);
  }, 60_000);
});

/** Waits for a condition that some event makes true. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
