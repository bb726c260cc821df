import { randomUUID } from 'node:crypto';
import { environmentSchema } from '@relay/config';
import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { LineStore } from '../batches/line-store';
import { Seal } from '../seal';
import type { OffloadedLine, ProviderBatch } from './offload-rows';
import { OffloadStore } from './offload-store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('lines at providers on PostgreSQL, because TEST_DATABASE_URL is not set');
const open = (): Promise<TestDatabase> => (databaseUrl ? openPostgres(databaseUrl, 'relay_offloads') : openEmbedded());

const [ME, OTHER] = [randomUUID(), randomUUID()];
const BATCH = 'batch_1';
const NOW = Date.UTC(2026, 10, 22);
const LATER = NOW + 10_000;
const ofModel = (upstreamModel: string, more: Partial<OffloadedLine> = {}): OffloadedLine => ({
  ...{
    provider: 'mock',
    model: 'm',
    upstreamModel,
    body: Buffer.from('{"asks":"something"}'),
    digest: 'd',
    seedId: 's',
  },
  ...{ askedAt: NOW, expectedUsd: 0.5, ...more },
});

describe('lines that wait at providers', () => {
  let database: TestDatabase;
  let store: OffloadStore;
  let lines: LineStore;
  beforeAll(async () => {
    database = await open();
    const seal = new Seal(environmentSchema.parse({ RELAY_ENCRYPTION_KEY: 'a secret of at least 32 characters' }));
    [store, lines] = [new OffloadStore(database.dataSource, seal), new LineStore(database.dataSource, seal)];
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(() => database.dataSource.query('TRUNCATE batches, provider_batches CASCADE'));

  const begin = async (count: number, id = BATCH, tenant = 'acme'): Promise<void> => {
    await database.dataSource.query(
      `INSERT INTO batches (id, tenant_id, key_id, endpoint, input_file_id, status, total, created_at, expires_at)
       VALUES ($1, $2, 'key', '/v1/chat/completions', 'file', 'in_progress', $3::int, now(), now() + interval '1 day')`,
      [id, tenant, count],
    );
    const line = { customId: 'x', body: Buffer.from('{}') };
    await lines.add(
      id,
      Array.from({ length: count }, (_, index) => ({ batchId: id, index, line })),
    );
  };
  const take = async (line: OffloadedLine, id = BATCH): Promise<boolean> => {
    const claimed = await lines.claim(id, ME);
    return claimed !== null && store.take({ batchId: id, index: claimed.index }, ME, line);
  };
  const bundled = async (now = LATER): Promise<ProviderBatch[]> => {
    while (await store.bundle(BATCH, randomUUID(), now));
    const all: ProviderBatch[] = [];
    for (let one = await store.next(BATCH); one; one = await store.next(BATCH)) all.push(one);
    return all;
  };
  const only = async (): Promise<ProviderBatch> => {
    const [one, ...more] = await bundled();
    if (!one || more.length > 0) throw new Error(`there are ${more.length + (one ? 1 : 0)}`);
    return one;
  };
  const indexes = async (one: ProviderBatch): Promise<number[]> => (await store.lines(one)).map(({ index }) => index);

  it('are taken by who has them alone, and handed out to nobody', async () => {
    await begin(2);
    await lines.claim(BATCH, OTHER);
    expect(await store.take({ batchId: BATCH, index: 0 }, ME, ofModel('a'))).toBe(false);
    expect(await take(ofModel('a'))).toBe(true);
    expect(await lines.claim(BATCH, ME)).toBeNull();
    expect(await store.isAway(BATCH)).toBe(true);
    expect(await indexes(await only())).toEqual([1]);
  });

  it('are taken once, also by who does not hear that they were', async () => {
    await begin(1);
    await lines.claim(BATCH, ME);
    const line = { batchId: BATCH, index: 0 };
    const both = await Promise.all([0, 1].map(() => store.take(line, ME, ofModel('a'))));
    expect(both.sort()).toEqual([false, true]);
    await lines.release(line, ME); // as whoever was told of a fault does
    expect(await lines.claim(BATCH, OTHER)).toBeNull();
    expect(await indexes(await only())).toEqual([0]);
  });

  it('go together by model, once no more come or the first has waited', async () => {
    await begin(4);
    for (const model of ['a', 'b', 'a']) await take(ofModel(model));
    expect(await bundled(NOW + 1_000)).toEqual([]);
    await take(ofModel('b', { askedAt: NOW + 59_500 }));
    const all = await bundled(NOW + 60_500);
    expect(await Promise.all(all.map(async (one) => [one.model, await indexes(one)]))).toEqual(
      expect.arrayContaining([
        ['a', [0, 2]],
        ['b', [1, 3]],
      ]),
    );
    expect(all.map(({ phase, upstream }) => [phase, upstream])).toEqual([
      ['new', null],
      ['new', null],
    ]);
  });

  it('go in several batches where one would be too large, one line in any case', async () => {
    await begin(3);
    for (const size of [9_000_000, 9_000_000, 20_000_000]) await take(ofModel('a', { body: Buffer.alloc(size, 'x') }));
    const all = await bundled();
    expect(await Promise.all(all.map(indexes))).toEqual(expect.arrayContaining([[0], [1], [2]]));
  });

  it('lie sealed', async () => {
    await begin(1);
    await take(ofModel('a'));
    const [row]: { body: Buffer }[] = await database.dataSource.query('SELECT body FROM offloaded_lines');
    expect(Buffer.from(row?.body ?? '').toString('latin1')).not.toContain('something');
  });

  it('come back with their answers, the first that came, and one trace each', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    const one = await only();
    await store.wait(one.id, 'running', 0, { id: 'there', files: [] });
    const answer = (index: number, body: string) => ({ index, status: 200, body: Buffer.from(body) });
    await store.keep(one, [answer(0, 'first'), answer(7, 'nobody asked')], LATER);
    await store.keep(one, [answer(0, 'second')], LATER + 1);
    const claimed = await lines.claim(BATCH, ME);
    expect(claimed).toMatchObject({ index: 0, returned: { batch: 'there', status: 200, backAt: LATER, askedAt: NOW } });
    expect((claimed?.returned as { body: Buffer }).body.toString()).toBe('first');
    await lines.release({ batchId: BATCH, index: 0 }, ME);
    expect((await lines.claim(BATCH, OTHER))?.returned).toEqual(claimed?.returned); // the same trace
    expect(await lines.claim(BATCH, ME)).toBeNull(); // the other one is away still
    await store.end(one, 'completed');
    expect(await lines.claim(BATCH, ME)).toMatchObject({ index: 1, returned: 'unanswered' });
    expect([await store.isAway(BATCH), await store.next(BATCH, true)]).toEqual([false, null]);
  });

  it('do not go again once they came back, for whatever reason', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    await store.takeBack(BATCH);
    expect(await take(ofModel('a'))).toBe(false);
    expect(await bundled()).toEqual([]);
    expect(await store.isAway(BATCH)).toBe(false);
  });

  it('are looked after by one at a time, and only when it is time', async () => {
    await begin(1);
    await take(ofModel('a'));
    const one = await only();
    expect(await store.next(BATCH, true)).toBeNull(); // held
    await store.wait(one.id, 'running', 60_000, { id: 'there', files: ['in'] });
    expect(await store.next(BATCH)).toBeNull();
    expect(await store.next(BATCH, true)).toMatchObject({ polls: 1, upstream: { id: 'there', files: ['in'] } });
  });

  it('count for their own tenant until they are answered or come back', async () => {
    await begin(2);
    await begin(1, 'batch_2', 'globex');
    await take(ofModel('a'));
    await take(ofModel('a'));
    expect([await store.outUsd('acme'), await store.outUsd('globex')]).toEqual([1, 0]);
    const one = await only();
    await store.keep(one, [{ index: 0, status: 200, body: Buffer.from('{}') }], LATER);
    expect(await store.outUsd('acme')).toBe(1); // its answer is not charged yet
    await lines.answer(BATCH, [{ index: 0, outcome: 'completed', response: null, error: null, usage: null }]);
    await store.end(one, 'expired');
    expect(await store.outUsd('acme')).toBe(0);
  });

  it('are told of when their batch has ended and their provider may not know', async () => {
    await begin(1);
    await take(ofModel('a'));
    const one = await only();
    expect(await store.orphans(10)).toEqual([]);
    await database.dataSource.query('UPDATE batches SET ended_at = now()');
    expect(await store.orphans(10)).toEqual([BATCH]);
    await store.end(one, 'it was cancelled');
    expect(await store.orphans(10)).toEqual([]);
  });
});
