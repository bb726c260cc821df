import { startCanarySchema, type PolicyCanary, type Unit } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { ensureDailyPartitions } from '@relay/database';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { measured, type Request } from '../../test/canary-requests';
import { planned } from '../../test/planned';
import { ANN, done, policyText, startVersions, type VersionsKit } from '../../test/versions-kit';
import { SeededDraws } from '../domain/routing/seeded';
import { CanarySumsReader } from './canary-sums.reader';
import { CanaryRepository } from './canary.repository';
import { NO_SUMS, type CanarySums } from './domain/canary-sums';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('the guard of canaries on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_canary_guard')]);

const [CANARY, IN_FORCE] = ['default@8', 'default@7'];
const HOUR_MS = 3_600_000;
const USERS = 40; // every fifth of them the canary's

interface Trace extends Partial<Request> {
  readonly isCanary: boolean;
  readonly status?: string;
  readonly cache?: string;
  readonly code?: string;
  readonly endpoint?: string;
  readonly model?: string | null;
  readonly at?: number;
}

describe.each(backends)('the guard of a canary on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let kit: VersionsKit;

  beforeAll(async () => {
    database = await open();
    await ensureDailyPartitions(database.dataSource, new FakeClock().now() - 24 * HOUR_MS, 4);
  }, 60_000);
  afterAll(() => database?.close());

  beforeEach(async () => {
    const tables = 'policy_canaries, policy_versions, policy_names, request_traces, feedback';
    await database.dataSource.query(`TRUNCATE ${tables}`);
    clock = new FakeClock();
    kit = await startVersions(database.dataSource, clock);
  });
  afterEach(() => kit.app.close());

  async function begin(body: object = {}): Promise<void> {
    const { name, version } = await done(kit.drafts.create(ANN, { source: policyText(10) }));
    await done(kit.canaries.start(ANN, `${name}@${version}`, startCanarySchema.parse({ share: 0.2, ...body })));
    clock.advance(60_000);
  }

  async function store(traces: readonly Trace[]): Promise<void> {
    const ids = traces.map(({ at = clock.now() }) => newTraceId(at));
    const rows = traces.map((trace, i) => ({
      id: ids[i],
      at: new Date(trace.at ?? clock.now()),
      tenant: 'acme',
      key_id: trace.unit === '' ? 'key-of-nobody' : 'key-1',
      user_name: trace.unit === '' ? null : (trace.unit ?? 'ann'),
      model: trace.model === undefined ? 'small' : trace.model,
      endpoint: trace.endpoint ?? '/v1/chat/completions',
      status: trace.status ?? (trace.failed ? 'error' : 'ok'),
      error_code: trace.code ?? null,
      cache: trace.cache ?? 'miss',
      total_ms: trace.ms ?? 100,
      cost_usd: trace.cost ?? 0.001,
      policy: trace.isCanary ? CANARY : IN_FORCE,
    }));
    const columns =
      'id, at, tenant, key_id, user_name, model, endpoint, status, error_code, cache, total_ms, cost_usd, policy';
    await database.dataSource.query(
      `INSERT INTO request_traces (${columns}, request_id, http_status, stream, queue, queue_ms)
       SELECT ${columns}, id::text, 200, false, 'none', 0 FROM jsonb_populate_recordset(NULL::request_traces, $1::jsonb)`,
      [JSON.stringify(rows)],
    );
    const rated = traces.flatMap(({ score, at = clock.now() }, i) =>
      score == null ? [] : [{ trace_id: ids[i], score, at: new Date(at) }],
    );
    await database.dataSource.query(
      `INSERT INTO feedback (id, at, trace_id, tenant, key_id, score, source)
       SELECT trace_id, at, trace_id, 'acme', 'key-1', score, 'app' FROM jsonb_populate_recordset(NULL::feedback, $1::jsonb)`,
      [JSON.stringify(rated)],
    );
    clock.advance(1);
  }

  const read = async (): Promise<CanarySums> => {
    const running = await kit.app.get(CanaryRepository).running();
    if (!running) throw new Error('no canary runs');
    return kit.app.get(CanarySumsReader).read(running, running.started_at.getTime(), clock.now());
  };
  const shown = async (): Promise<PolicyCanary | null> => (await kit.versions.overview()).canary;
  const many = (count: number, of: (i: number, isCanary: boolean) => Partial<Trace>): Trace[] =>
    Array.from({ length: count }, (_value, i) => {
      const isCanary = i % 5 === 0;
      return { isCanary, unit: `user-${i % USERS}`, ...of(i, isCanary) };
    });

  it('reads of the requests just what they add up to', async () => {
    await begin();
    const draws = new SeededDraws(5);
    const requests: Request[] = Array.from({ length: 500 }, () => {
      const user = Math.floor(draws.next() * USERS);
      return {
        ...{
          isCanary: user % 5 === 0,
          unit: `user-${user}`,
          failed: draws.next() < 0.2,
          ms: Math.fround(1_000 * draws.next()),
        },
        ...{ cost: Math.round(1e6 * draws.next()) / 1e9, score: draws.next() < 0.3 ? Math.fround(draws.next()) : null },
      };
    });
    await store(requests);
    const [found, expected] = [await read(), measured(requests, 0.2)];
    for (const side of ['canary', 'inForce'] as const) {
      const { latenciesMs, ...sums } = expected[side];
      expect(found[side].requests).toBe(sums.requests);
      expect(found[side].units).toBe(sums.units);
      for (const measure of ['failed', 'slow', 'cost', 'score'] as const)
        for (const name of Object.keys(NO_SUMS) as (keyof typeof NO_SUMS)[]) {
          const [read, added] = [found[side][measure][name], sums[measure][name]];
          expect({ measure, name, isEqual: Math.abs(read - added) < 1e-6 }).toEqual({ measure, name, isEqual: true });
        }
      expect(found[side].latenciesMs?.length).toBe(latenciesMs?.length);
      found[side].latenciesMs?.forEach((ms, i) => expect(ms).toBeCloseTo(latenciesMs?.[i] ?? 0, 2));
    }
  });

  it('counts neither what others asked, nor what no policy has a part in; of the cache only that it did not fail', async () => {
    await begin();
    await store([
      { isCanary: false },
      { isCanary: true },
      { isCanary: true, cache: 'exact-l2' },
      { isCanary: true, status: 'rejected', code: 'overloaded' },
      { isCanary: true, status: 'aborted' },
      { isCanary: true, status: 'rejected', code: 'model_not_found' },
      { isCanary: true, status: 'rejected', code: 'rate_limited' },
      { isCanary: true, endpoint: 'internal:warming' },
      { isCanary: true, model: null },
      { isCanary: true, at: clock.now() - 2 * HOUR_MS },
    ]);
    const { failed, slow, cost } = (await read()).canary;
    expect({ requests: failed.requests, failed: failed.total, slow: slow.requests, cost: cost.requests }).toEqual({
      ...{ requests: 4, failed: 1, slow: 1, cost: 1 },
    });
  });

  it.each([
    ['user', 3],
    ['key', 2],
    ['tenant', 1],
    ['request', 4],
  ] as const satisfies readonly (readonly [Unit, number])[])(
    'tells those apart that it is drawn by: %s',
    async (unit, units) => {
      await begin({ unit });
      await store(['ann', 'ann', 'bob', ''].map((user) => ({ isCanary: true, unit: user })));
      expect((await read()).canary.units).toBe(units);
    },
  );

  it('lets a canary go on that is as good, and tells its figures', async () => {
    await begin();
    await store(many(1_000, (i) => ({ failed: i % 47 === 0, ms: 100 + (i % 97), score: i % 3 === 0 ? 0.5 : null })));
    await kit.guard.run();
    const canary = await shown();
    expect(canary).toMatchObject({ status: 'running', judgement: { verdict: expect.not.stringMatching('worse') } });
    expect(canary?.judgement?.canary).toMatchObject({
      requests: 200,
      units: 8,
      errorRate: { value: 0.025 },
    });
    expect(canary?.judgement?.inForce).toMatchObject({ requests: 800, costUsd: { value: '0.001000000' } });
  });

  it('stops one that fails, for everybody, and tells why', async () => {
    await begin();
    const draws = new SeededDraws(1);
    await store(many(1_000, (_i, isCanary) => ({ failed: isCanary && draws.next() < 0.5 })));
    await kit.guard.run();
    expect(await shown()).toMatchObject({
      ...{ status: 'stopped', endedBy: 'guard', version: CANARY },
      reason: expect.stringMatching(
        /^Failures: [45]\d(\.\d)? % against 0 %; worse by at least [\d.]+ points; allowed 1 point$/,
      ),
      judgement: { verdict: 'worse' },
    });
    const policies = Array.from(
      { length: 100 },
      (_value, i) => planned(kit.policies, { user: `user-${i}` }).document.policy,
    );
    expect(new Set(policies)).toEqual(new Set([IN_FORCE]));
    const { data } = await done(kit.audit.list({ limit: 1 }));
    expect(data[0]).toMatchObject({ action: 'policy.canary-stop', actor: { id: 'guard' }, target: CANARY });
    await kit.guard.run(); // nothing runs any more
    expect((await done(kit.audit.list({ limit: 1 }))).data[0]?.seq).toBe(data[0]?.seq);
  });

  it('does not mistake an empty cache for a slower and dearer policy', async () => {
    await begin();
    await store(
      many(2_000, (i, isCanary) => (isCanary || i % 10 === 1 ? { ms: 900 } : { cache: 'exact-l1', ms: 1, cost: 0 })),
    );
    await kit.guard.run();
    expect((await shown())?.judgement?.checks.find(({ guardrail }) => guardrail === 'cost')?.verdict).toBe('fine');
    expect(await shown()).toMatchObject({ status: 'running' });
  });

  it('looks at the last day of one that runs for longer', async () => {
    await begin();
    await store(many(1_000, (_i, isCanary) => ({ failed: isCanary })));
    clock.advance(25 * HOUR_MS);
    await kit.guard.run();
    expect(await shown()).toMatchObject({ status: 'running', judgement: { verdict: 'waiting' } });
  });
});
