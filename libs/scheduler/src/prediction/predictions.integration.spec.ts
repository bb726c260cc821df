import { Logger } from '@nestjs/common';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import type { ServiceQuestion } from '../domain/prediction/prediction';
import { LatencySketchStore } from './latency-sketch.store';
import { Predictions } from './predictions.service';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('predictions on PostgreSQL, because TEST_DATABASE_URL is not set');

const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_predictions')]);

const QUESTION: ServiceQuestion = { target: 'a large', task: 'code', inputTokens: 100, maxTokens: null };
/** Longer than quantiles that were worked out serve. */
const SECOND = 1_000;

describe.each(backends)('predictions on %s', (_name, open) => {
  let database: TestDatabase;
  let warned: jest.SpyInstance;

  beforeAll(async () => void (database = await open()), 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await database.dataSource.query('TRUNCATE latency_sketches');
  });
  afterEach(() => warned.mockRestore());

  /** A process with a clock of its own: monotonic clocks begin anywhere. */
  function aProcess(clock = new FakeClock()) {
    const predictions = new Predictions(new LatencySketchStore(database.dataSource), clock);
    const observe = (count: number, serviceMs: number): void => {
      for (let i = 0; i < count; i++)
        predictions.observe(QUESTION, { ttftMs: serviceMs / 10, outputTokens: 101, serviceMs });
      clock.advance(SECOND);
    };
    return { clock, predictions, observe, middle: () => predictions.predict(QUESTION).serviceMs?.p50 };
  }
  const rows = () =>
    database.dataSource.query<{ process: string; cell: string }[]>('SELECT process, cell FROM latency_sketches');
  const age = (interval: string) =>
    database.dataSource.query(`UPDATE latency_sketches SET written_at = written_at - interval '${interval}'`);

  it('are the same in another process once both have told each other', async () => {
    const [one, two] = [aProcess(), aProcess()];
    one.observe(60, 1_000);
    two.observe(60, 3_000);
    await one.predictions.exchange();
    await two.predictions.exchange();
    await one.predictions.exchange();
    one.clock.advance(SECOND);
    two.clock.advance(SECOND);
    expect(two.predictions.predict(QUESTION)).toMatchObject({ basis: 'size', samples: 120 });
    expect(one.predictions.predict(QUESTION)).toEqual(two.predictions.predict(QUESTION));
    expect(await rows()).toHaveLength(6);
  });

  it('learn nothing from what no call can be', () => {
    const { clock, predictions, observe, middle } = aProcess();
    observe(60, 1_000);
    const before = middle();
    const nonsense = [1e18, -1, Number.NaN, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 100; i++) {
      for (const value of nonsense) {
        predictions.observe(QUESTION, { ttftMs: null, outputTokens: 101, serviceMs: value });
        predictions.observe(QUESTION, { ttftMs: null, outputTokens: value, serviceMs: 9_000 });
      }
    }
    clock.advance(SECOND);
    expect(middle()).toBe(before);
  });

  it('are known again after a restart, also of what ended last', async () => {
    const before = aProcess();
    before.observe(60, 1_000);
    await before.predictions.beforeApplicationShutdown();
    await age('3 days');
    const after = aProcess();
    await after.predictions.exchange();
    expect(after.middle()).toBeCloseTo(1_000, -2);
    after.observe(60, 5_000);
    expect(after.middle()).toBeCloseTo(5_000, -3);
  });

  it('are exchanged every minute, until the shutdown', async () => {
    const relay = aProcess();
    await relay.predictions.exchange();
    expect(relay.clock.pending).toBe(1);
    await relay.predictions.beforeApplicationShutdown();
    expect(relay.clock.pending).toBe(0);
  });

  it('do not keep what is older than a week, nor more than sixteen processes told of one kind of call', async () => {
    for (let i = 0; i < 20; i++) {
      const { predictions, observe } = aProcess();
      observe(1, 1_000);
      await predictions.beforeApplicationShutdown();
    }
    await new LatencySketchStore(database.dataSource).removeOld();
    expect((await rows()).filter(({ cell }) => cell === 'a large')).toHaveLength(16);
    await age('8 days');
    const late = aProcess();
    await late.predictions.exchange();
    expect(await rows()).toEqual([]);
    expect(late.middle()).toBeUndefined();
  });

  it('pass over rows that they cannot read', async () => {
    const { predictions, observe } = aProcess();
    observe(60, 1_000);
    await predictions.beforeApplicationShutdown();
    for (const windows of ['{', '{"v":2}', '[{"ageMs":0,"count":1,"bins":{"service":[1e9,1]}}]']) {
      await database.dataSource.query('INSERT INTO latency_sketches VALUES (gen_random_uuid(), $1, $2)', [
        'a large',
        windows,
      ]);
    }
    const other = aProcess();
    await other.predictions.exchange();
    expect(other.middle()).toBeCloseTo(1_000, -2);
  });

  it('go on while the database is away, and tell the others afterwards', async () => {
    const away = aProcess();
    away.observe(60, 1_000);
    await database.dataSource.query('ALTER TABLE latency_sketches RENAME TO latency_sketches_away');
    await away.predictions.exchange();
    await away.predictions.exchange();
    expect(warned).toHaveBeenCalledTimes(1);
    expect(away.middle()).toBeCloseTo(1_000, -2);
    await database.dataSource.query('ALTER TABLE latency_sketches_away RENAME TO latency_sketches');
    await away.predictions.exchange();
    expect(await rows()).toHaveLength(3);
  });
});
