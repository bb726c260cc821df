import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { DataSource } from 'typeorm';
import type { Label } from '../../domain/semantic/semantic-model';
import { LABEL_RETENTION_MS, MAX_LABELS } from '../../domain/semantic/threshold';
import { LabelBook } from './label-book.service';
import { LabelStore } from './label-store';
import { CLASSES_SQL, REMOVE_OLD_SQL, REMOVE_SURPLUS_SQL } from './labels.sql';
import { MAX_WAITING } from './label-writer';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('labels of the semantic cache on PostgreSQL, because TEST_DATABASE_URL is not set');

const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_labels')]);

const CLASS = '["t:acme","default","equality"]';
const EMBEDDER = 'test/8@1';
const BUDGET = 0.05;
const POLL_MS = 15_000;

// One of them: the statements are plain SQL.
describe.each(backends.slice(0, 1))('labels on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  const books: LabelBook[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    clock = new FakeClock();
    await database.dataSource.query('TRUNCATE semantic_labels');
  });
  afterEach(async () => {
    for (const book of books.splice(0)) await book.onApplicationShutdown();
  });

  const aBook = (store = new LabelStore(database.dataSource)): LabelBook => {
    const book = new LabelBook(store, clock);
    books.push(book);
    return book;
  };
  const label = (similarity: number, changes: Partial<Label> = {}): Label => ({
    similarity,
    correct: true,
    weight: 4,
    at: clock.now(),
    source: 'miss',
    ...changes,
  });
  const learn = (book: LabelBook, count: number, evidence = CLASS): void => {
    for (let i = 0; i < count; i++)
      book.add(evidence, EMBEDDER, label(0.8 + (0.2 * ((i * 7) % 100)) / 100, { at: clock.now() + i }), randomUUID());
  };
  const stateIn = (book: LabelBook, evidence = CLASS) => book.state(evidence, EMBEDDER, BUDGET);
  /** Stored by one process, it is in the database. */
  const stored = async (count: number, evidence = CLASS): Promise<void> => {
    const book = new LabelBook(new LabelStore(database.dataSource), clock);
    learn(book, count, evidence);
    await book.onApplicationShutdown();
  };
  const storedAtOnce = async (count: number): Promise<void> => {
    const kept = Array.from({ length: count }, () => ({ ...label(0.9), id: randomUUID() }));
    const stored = kept.map((one) => ({ ...one, evidence: CLASS, embedderId: EMBEDDER, entryId: 'entry' }));
    await new LabelStore(database.dataSource).save(stored, randomUUID());
  };
  /** Reads classes that were asked about. */
  const reads = async (book: LabelBook): Promise<void> => book.poll();

  it('count at once in the process that gave them, a state at most once a second', () => {
    const book = aBook();
    expect(stateIn(book)).toMatchObject({ threshold: null, labels: 0 });
    learn(book, 100);
    expect(stateIn(book)).toMatchObject({ labels: 100 });
    learn(book, 700);
    expect(stateIn(book)).toMatchObject({ labels: 100 });
    clock.advance(1_000);
    expect(stateIn(book)).toMatchObject({ labels: 800, threshold: expect.any(Number) as number });
  });

  it('count without delay when somebody says that a hit was wrong', () => {
    const book = aBook();
    learn(book, 800);
    expect(stateIn(book).threshold).not.toBeNull();
    for (let i = 0; i < 6; i++)
      book.add(
        CLASS,
        EMBEDDER,
        label(0.99, { correct: false, weight: 1, source: 'bad-hit', at: clock.now() + 500 }),
        'e',
      );
    expect(stateIn(book)).toMatchObject({ threshold: null, drifted: true, measured: { error: 1, hits: 6 } });
    expect(stateIn(book).drifted).toBe(true);
    expect(book.stats().driftAlarms).toBe(1);
  });

  it('are there after a restart, once they were read in the background', async () => {
    await stored(800);
    const book = aBook();
    expect(stateIn(book).labels).toBe(0);
    await reads(book);
    expect(stateIn(book)).toMatchObject({ labels: 800, threshold: expect.any(Number) as number });
  });

  it('reach other processes with their next look, each once', async () => {
    const [one, other] = [aBook(), aBook()];
    stateIn(other);
    await reads(other);
    learn(one, 30);
    clock.advance(1_000);
    await one.onApplicationShutdown();
    clock.advance(POLL_MS);
    await reads(other);
    await reads(other);
    expect(stateIn(other).labels).toBe(30);
  });

  it('of one owner, class or embedder are not mixed with those of another', async () => {
    const other = '["t:acme2","default","equality"]';
    await stored(40);
    await stored(20, other);
    const book = aBook();
    const listed = await book.classes('t:acme', () => BUDGET);
    expect(listed).toMatchObject([
      { evidence: CLASS, embedderId: EMBEDDER, maxErrorPerHit: BUDGET, state: { labels: 40 } },
    ]);
    expect(await book.classes(undefined, () => BUDGET)).toHaveLength(2);
    expect(book.state(CLASS, 'test/16@1', BUDGET).labels).toBe(0);
  });

  it('are removed when they are too old to count', async () => {
    await stored(10);
    clock.advance(LABEL_RETENTION_MS - 1_000);
    const book = aBook();
    expect(await book.maintain()).toBe(0);
    clock.advance(2_000);
    expect(await book.maintain()).toBe(10);
  });

  it('are removed when there are enough newer ones in their class, though they be of the same time', async () => {
    const other = '["t:acme2","default","equality"]';
    await stored(10, other);
    await storedAtOnce(MAX_LABELS + 30);
    const book = aBook();
    expect(await book.maintain()).toBe(30);
    expect(await book.maintain()).toBe(0);
    expect(await book.classes(undefined, () => BUDGET)).toHaveLength(2);
    await reads(book);
    expect([stateIn(book).labels, stateIn(book, other).labels]).toEqual([MAX_LABELS, 10]);
  });

  it('are found by class and by age through an index', async () => {
    await stored(10);
    const plan = (sql: string, values: unknown[]): Promise<string> =>
      database.dataSource.transaction(async (transaction) => {
        await transaction.query('SET LOCAL enable_seqscan = off');
        const lines: { 'QUERY PLAN': string }[] = await transaction.query(`EXPLAIN ${sql}`, values);
        return lines.map((line) => line['QUERY PLAN']).join('\n');
      });
    expect(await plan(REMOVE_OLD_SQL, [new Date(0), 5_000])).toContain('semantic_labels_at');
    expect(await plan(REMOVE_SURPLUS_SQL, [MAX_LABELS, 5_000])).toContain('CTE newest_surplus'); // once a class, not once a label
    const classes = await plan(CLASSES_SQL, ['["t:acme",', '["t:acme"-', 200]);
    expect(classes).toMatch(/Index Cond: \(\(evidence >= .* AND \(evidence < /);
    expect(classes).toMatch(/Index Cond: \(\(ROW\(evidence, embedder\) > /);
  });
});

describe('labels while the database is away', () => {
  class AwayStore extends LabelStore {
    away = true;
    readonly saved: string[] = [];
    constructor() {
      super(new DataSource({ type: 'postgres' }));
    }
    override save(labels: readonly { id: string }[]): Promise<void> {
      if (this.away) return Promise.reject(new Error('connection refused'));
      this.saved.push(...labels.map(({ id }) => id));
      return Promise.resolve();
    }
  }

  beforeAll(() => void Logger.overrideLogger(false));
  const wrong = (at: number): Label => ({ similarity: 0.9, correct: false, weight: 4, at, source: 'miss' });

  it('count in memory, are stored when it is back, and the oldest are lost beyond a bound', async () => {
    const [clock, store] = [new FakeClock(), new AwayStore()];
    const book = new LabelBook(store, clock);
    for (let i = 0; i < MAX_WAITING + 10; i++) book.add(CLASS, EMBEDDER, wrong(clock.now()), 'e');
    await clock.advanceAsync(10_000);
    expect(book.stats()).toMatchObject({ pending: MAX_WAITING, lost: 10 });
    expect(book.state(CLASS, EMBEDDER, BUDGET).labels).toBe(5_000);
    store.away = false;
    await clock.advanceAsync(10_000);
    expect(book.stats().pending).toBe(0);
    expect(new Set(store.saved).size).toBe(MAX_WAITING);
    await book.onApplicationShutdown();
  });

  it('that were stored before are known afterwards, of however many classes', async () => {
    const clock = new FakeClock();
    class OldStore extends AwayStore {
      override storedSince(): ReturnType<LabelStore['storedSince']> {
        return this.away
          ? Promise.reject(new Error('connection refused'))
          : Promise.resolve({ readAt: new Date(clock.now()), labels: [] });
      }
      override labelsOf(): ReturnType<LabelStore['labelsOf']> {
        if (this.away) return Promise.reject(new Error('connection refused'));
        return Promise.resolve([{ ...wrong(clock.now()), id: 'old' }]);
      }
    }
    const store = new OldStore();
    const book = new LabelBook(store, clock);
    const classes = Array.from({ length: 1_001 }, (_, index) => `class ${index}`);
    for (const name of classes) book.add(name, EMBEDDER, wrong(clock.now()), 'e');
    const labelsIn = (): number[] => classes.map((name) => book.state(name, EMBEDDER, BUDGET).labels);
    await clock.advanceAsync(60_000);
    expect(new Set(labelsIn())).toEqual(new Set([1]));
    store.away = false;
    await book.poll(); // reads those that wait
    labelsIn(); // asks about all
    await clock.advanceAsync(1_000);
    expect(new Set(labelsIn())).toEqual(new Set([2]));
    await book.onApplicationShutdown();
  });

  it('cost the caller nothing but the waiting for a first threshold', async () => {
    const [clock, store] = [new FakeClock(), new AwayStore()];
    const book = new LabelBook(store, clock);
    book.onApplicationBootstrap();
    expect(book.state(CLASS, EMBEDDER, BUDGET)).toMatchObject({ threshold: null, drifted: false });
    await clock.advanceAsync(60_000);
    await book.onApplicationShutdown();
    expect(clock.pending).toBe(0);
  });
});
