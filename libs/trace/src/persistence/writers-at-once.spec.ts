import { aPlan, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { aTrace } from '../../test/trace-record.builder';
import { LineBatch } from '../domain/line-batch';
import { traceLine } from '../domain/trace-line';
import { dropPlansBefore } from './stored-plans';
import { TraceInserter } from './trace-inserter';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('writers of traces on PostgreSQL, because TEST_DATABASE_URL is not set');

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 2, 3, 12);
const NAMES = Array.from({ length: 100 }, (_, n) => `name-${n}`);
const ROUNDS = 10;

/** A trace of each tenant with a plan of its own, in this order. */
function batchOf(names: readonly string[]): LineBatch {
  const lines = names.map((name) => traceLine(aTrace(START, { tenant: name, planId: name }), aPlan(name), null));
  const text = Buffer.from(` ${lines.join('')}`);
  return new LineBatch(text, text.length, lines.length);
}

describePostgres('writers of traces at once', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openPostgres(databaseUrl, 'relay_trace_writers');
  }, 60_000);
  afterAll(() => database.close());

  const setSeen = (sql: string): Promise<unknown> =>
    database.dataSource.query(`UPDATE execution_plans SET seen_at = ${sql}`);

  it('store the same plans and tenants in opposite orders without waiting for each other in a circle', async () => {
    const inserter = new TraceInserter(database.dataSource);
    for (let round = 0; round < ROUNDS; round++) {
      const batches = [NAMES, NAMES.toReversed()].map(batchOf);
      await Promise.all(batches.map((batch) => inserter.insert(batch, 0, batch.count)));
    }
    const [stored]: unknown[] = await database.dataSource.query(
      'SELECT (SELECT count(*)::int FROM request_traces) AS traces, (SELECT count(*)::int FROM execution_plans) AS plans',
    );
    expect(stored).toEqual({ traces: 2 * ROUNDS * NAMES.length, plans: NAMES.length });
  });

  it('are not waited for by the removal of old plans, which leaves those they have in hand', async () => {
    await setSeen(`now() - interval '40 days'`);
    await database.dataSource.transaction(async (writer) => {
      await writer.query(`UPDATE execution_plans SET seen_at = now() WHERE id = 'name-7'`);
      expect(await dropPlansBefore(database.dataSource, Date.now() - 30 * DAY_MS)).toBe(NAMES.length - 1);
    });
    expect(await database.dataSource.query('SELECT id FROM execution_plans')).toEqual([{ id: 'name-7' }]);
  });
});
