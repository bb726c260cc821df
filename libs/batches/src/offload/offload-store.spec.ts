import { randomUUID } from 'node:crypto';
import { environmentSchema } from '@relay/config';
import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { LineStore } from '../batches/line-store';
import { Seal } from '../seal';
import type { OffloadedLine, ProviderBatch } from './offload-rows';
import { OffloadStore } from './offload-store';
import { ProviderBatchStore } from './provider-batch-store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('lines at providers on PostgreSQL, because TEST_DATABASE_URL is not set');
const open = (): Promise<TestDatabase> => (databaseUrl ? openPostgres(databaseUrl, 'relay_offloads') : openEmbedded());

const [ME, OTHER] = [randomUUID(), randomUUID()];
const BATCH = 'batch_1';
const NOW = Date.UTC(2026, 10, 22);
const LATER = NOW + 10_000;
const DIGEST = 'the digest of a prompt';
const ofModel = (upstreamModel: string, more: Partial<OffloadedLine> = {}): OffloadedLine => ({
  ...{
    provider: 'mock',
    model: 'm',
    upstreamModel,
    body: Buffer.from('{"asks":"something"}'),
    digest: DIGEST,
    seedId: 's',
  },
  ...{ askedAt: NOW, expectedUsd: 0.5, ...more },
});

describe('lines that wait at providers', () => {
  let database: TestDatabase;
  let store: OffloadStore;
  let there: ProviderBatchStore;
  let lines: LineStore;
  beforeAll(async () => {
    database = await open();
    const seal = new Seal(environmentSchema.parse({ RELAY_ENCRYPTION_KEY: 'a secret of at least 32 characters' }));
    const { dataSource } = database;
    [store, there, lines] = [
      ...([new OffloadStore(dataSource, seal), new ProviderBatchStore(dataSource, seal)] as const),
      new LineStore(dataSource, seal),
    ];
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(() => database.dataSource.query('TRUNCATE batches, provider_batches CASCADE'));

  const begin = async (count: number, id = BATCH, tenant = 'acme'): Promise<void> => {
    await database.dataSource.query(
      `INSERT INTO batches (id, tenant_id, key_id, endpoint, input_file_id, status, total, created_at, expires_at)
       VALUES ($1, $2, 'key', '/v1/chat/completions', 'file', 'in_progress', $3::int, now(), now() + interval '1 day')`,
      [id, tenant, count],
    );
    const line = { customId: 'x', model: null, body: Buffer.from('{}') };
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
    while (await there.bundle(BATCH, randomUUID(), now));
    const all: ProviderBatch[] = [];
    for (let one = await there.next(BATCH); one; one = await there.next(BATCH)) all.push(one);
    return all;
  };
  const only = async (): Promise<ProviderBatch> => {
    const [one, ...more] = await bundled();
    if (!one || more.length > 0) throw new Error(`there are ${more.length + (one ? 1 : 0)}`);
    return one;
  };
  const isTime = (): Promise<unknown> => database.dataSource.query('UPDATE provider_batches SET next_at = now()');
  const some = (one: ProviderBatch | null): ProviderBatch => {
    if (!one) throw new Error('there is none');
    return one;
  };
  const held = async (): Promise<ProviderBatch> => some(await there.next(BATCH));
  const owed = async (): Promise<ProviderBatch> => some(await there.nextOwed(null));
  const indexes = async (one: ProviderBatch): Promise<number[]> => (await there.lines(one)).map(({ index }) => index);

  it('are taken by who has them alone, and handed out to nobody', async () => {
    await begin(2);
    await lines.claim(BATCH, OTHER);
    expect(await store.take({ batchId: BATCH, index: 0 }, ME, ofModel('a'))).toBe(false);
    expect(await take(ofModel('a'))).toBe(true);
    expect(await lines.claim(BATCH, ME)).toBeNull();
    expect(await store.out(BATCH)).toEqual({ away: true, batches: 0, lines: 0 });
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
    const [row]: { body: Buffer; digest: string }[] = await database.dataSource.query(
      'SELECT body, digest FROM offloaded_lines',
    );
    expect(Buffer.from(row?.body ?? '').toString('latin1')).not.toContain('something');
    expect(row?.digest).not.toContain(DIGEST); // the hash of a prompt lets it be guessed
  });

  it('come back with their answers, the first that came, and one trace each', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    let one = await only();
    await there.wait(one, 'running', 0, { id: 'there', files: [] });
    one = await held();
    const answer = (index: number, body: string) => ({ index, status: 200, body: Buffer.from(body) });
    await there.keep(one, [answer(0, 'first'), answer(7, 'nobody asked')], LATER);
    await there.keep(one, [answer(0, 'second')], LATER + 1);
    const claimed = await lines.claim(BATCH, ME);
    expect(claimed).toMatchObject({
      index: 0,
      returned: { batch: 'there', status: 200, backAt: LATER, askedAt: NOW, digest: DIGEST },
    });
    expect((claimed!.returned as { body: Buffer }).body.toString()).toBe('first');
    await lines.release({ batchId: BATCH, index: 0 }, ME);
    expect((await lines.claim(BATCH, OTHER))?.returned).toEqual(claimed?.returned); // the same trace
    expect(await lines.claim(BATCH, ME)).toBeNull(); // the other one is away still
    expect(await there.giveBack(one, 'completed')).toBe(true);
    expect(await lines.claim(BATCH, ME)).toMatchObject({ index: 1, returned: 'unanswered' });
    expect(await store.out(BATCH)).toEqual({ away: false, batches: 0, lines: 0 });
    expect(await there.next(BATCH)).toBeNull();
  });

  it('of a batch that was cancelled are stopped, and come back with the answers that there are', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    await there.wait(await only(), 'running', 60_000, { id: 'there', files: [] });
    expect(await there.nextToStop(BATCH)).toBeNull(); // it goes on
    await database.dataSource.query(`UPDATE batches SET status = 'cancelling' WHERE id = $1`, [BATCH]);
    const one = some(await there.nextToStop(BATCH)); // at once
    expect([one.phase, await there.hold(one), await there.nextToStop(BATCH)]).toEqual(['cancelling', true, null]);
    expect(await lines.claimReturned(BATCH, ME)).toBeNull();
    await there.keep(one, [{ index: 1, status: 200, body: Buffer.from('said') }], LATER);
    expect(await there.isStopping(BATCH)).toBe(true);
    await there.giveBack(one, 'cancelled');
    expect(await there.isStopping(BATCH)).toBe(false);
    expect(await store.outUsd('acme')).toBe(0.5); // until it is charged
    expect(await lines.claim(BATCH, ME)).toBeNull();
    expect(await lines.claimReturned(BATCH, ME)).toMatchObject({ index: 1, returned: { status: 200 } });
    expect(await lines.claimReturned(BATCH, OTHER)).toBeNull();
    await store.dismiss({ batchId: BATCH, index: 1 });
    expect(await store.outUsd('acme')).toBe(0);
  });

  it('do not go again once they came back, for whatever reason', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    expect(await store.takeBack(BATCH)).toBe(true);
    expect(await take(ofModel('a'))).toBe(false);
    expect(await bundled()).toEqual([]);
    expect((await store.out(BATCH)).away).toBe(false);
  });

  it('are looked after by one at a time, and only when it is time', async () => {
    await begin(1);
    await take(ofModel('a'));
    const one = await only();
    expect(await there.next(BATCH)).toBeNull(); // held
    await there.wait(one, 'running', 60_000, { id: 'there', files: ['in'] });
    expect(await there.next(BATCH)).toBeNull();
    await isTime();
    expect(await held()).toMatchObject({ polls: 1, upstream: { id: 'there', files: ['in'] } });
  });

  it('are bundled once where two do so at the same time', async () => {
    await begin(3);
    for (let count = 0; count < 3; count++) await take(ofModel('a'));
    const both = [there.bundle(BATCH, randomUUID(), LATER), there.bundle(BATCH, randomUUID(), LATER)];
    expect((await Promise.all(both)).sort()).toEqual([false, true]);
    expect(await store.out(BATCH)).toEqual({ away: true, batches: 1, lines: 3 });
    expect(await indexes(await only())).toEqual([0, 1, 2]);
  });

  it('are not handed in once they are answered, or their batch does not go on', async () => {
    await begin(3);
    for (let count = 0; count < 3; count++) await take(ofModel('a'));
    await lines.answer(BATCH, [{ index: 0, outcome: 'failed', response: null, error: null, usage: null }]);
    const one = await only();
    await lines.answer(BATCH, [{ index: 1, outcome: 'failed', response: null, error: null, usage: null }]);
    expect(await indexes(one)).toEqual([2]);
    await begin(1, 'batch_2');
    await take(ofModel('a'), 'batch_2');
    await database.dataSource.query(`UPDATE batches SET status = 'cancelling'`);
    expect(await there.bundle('batch_2', randomUUID(), LATER)).toBe(false);
    expect(await there.hold(one)).toBe(false);
  });

  it('are changed no more by who was taken for dead', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    const dead = await only();
    await database.dataSource.query(`UPDATE provider_batches SET leased_until = now() - interval '1 second'`);
    const one = await held();
    expect(await there.submitting(one, 'openai')).toBe(true);
    const refused = [
      there.hold(dead),
      there.uploaded(dead, ['theirs'], 'openai'),
      there.submitting(dead, 'openai'),
      there.wait(dead, 'running', 0, { id: 'theirs', files: [] }),
      there.giveBack(dead, 'completed'),
      there.done(dead),
      there.release(dead),
    ];
    expect(await Promise.all(refused)).toEqual(refused.map(() => false));
    await there.keep(dead, [{ index: 0, status: 200, body: Buffer.from('{}') }], LATER);
    expect(await lines.claim(BATCH, ME)).toBeNull();
    expect(await there.wait(one, 'running', 0, { id: 'ours', files: [] })).toBe(true);
    expect(await held()).toMatchObject({ tries: 1, files: [], upstream: { id: 'ours' } });
  });

  it('are back while their provider is owed an end, which is worked off whatever becomes of their batch', async () => {
    await begin(1);
    await take(ofModel('a'));
    let one = await only();
    await there.uploaded(one, ['in'], 'openai');
    await there.submitting(one, 'openai');
    await there.giveBack(one, 'too late', true);
    expect(await lines.claim(BATCH, ME)).toMatchObject({ returned: 'unanswered' });
    expect([await there.next(BATCH), await there.nextOwed('batch_2')]).toEqual([null, null]);
    await database.dataSource.query('UPDATE batches SET ended_at = now()');
    one = await owed();
    expect(one).toMatchObject({ phase: 'owed', unsure: true, files: ['in'], protocol: 'openai' });
    expect(await there.hold(one)).toBe(true);
    await there.wait(one, 'owed', 60_000, { id: 'found', files: ['in'] });
    expect(await there.nextOwed(null)).toBeNull();
    await isTime();
    one = await owed();
    expect(one.upstream).toEqual({ id: 'found', files: ['in'] });
    expect(await there.done(one)).toBe(true);
    expect(await there.nextOwed(null)).toBeNull();
  });

  it('leave what was handed in twice to be ended by itself', async () => {
    await begin(1);
    await take(ofModel('a'));
    const one = await only();
    await there.strand(one, { upstream: { id: 'twice', files: ['in'] }, files: ['in'], protocol: 'openai' });
    expect(await owed()).toMatchObject({ phase: 'owed', provider: 'mock', upstream: { id: 'twice' } });
    expect(await there.hold(one)).toBe(true);
  });

  it('that cannot be opened any more come back, or are asked again', async () => {
    await begin(2);
    await take(ofModel('a'));
    await take(ofModel('a'));
    const one = await only();
    const sealed = 'SET body = set_byte(body, 20, 255 - get_byte(body, 20)) WHERE index = 0';
    await database.dataSource.query(`UPDATE offloaded_lines ${sealed}`);
    expect(await indexes(one)).toEqual([1]);
    await there.keep(one, [{ index: 1, status: 200, body: Buffer.from('{"a":"b"}') }], LATER);
    await database.dataSource.query(
      'UPDATE offloaded_lines SET result = set_byte(result, 20, 255 - get_byte(result, 20)) WHERE index = 1',
    );
    expect(await lines.claim(BATCH, ME)).toMatchObject({ index: 1, returned: 'unanswered' });
  });

  it('have a trace also where an earlier relay kept their answer', async () => {
    await begin(1);
    await take(ofModel('a'));
    await there.keep(await only(), [{ index: 0, status: 200, body: Buffer.from('{}') }], LATER);
    await database.dataSource.query('UPDATE offloaded_lines SET trace_id = NULL, back_at = NULL');
    const claimed = await lines.claim(BATCH, ME);
    expect(claimed).toMatchObject({ returned: { traceId: expect.any(String), backAt: expect.any(Number) } });
    await lines.release({ batchId: BATCH, index: 0 }, ME);
    expect((await lines.claim(BATCH, OTHER))?.returned).toEqual(claimed?.returned);
  });

  it('count for their own tenant until they are answered or come back', async () => {
    await begin(2);
    await begin(1, 'batch_2', 'globex');
    await take(ofModel('a'));
    await take(ofModel('a'));
    expect([await store.outUsd('acme'), await store.outUsd('globex')]).toEqual([1, 0]);
    const one = await only();
    await there.keep(one, [{ index: 0, status: 200, body: Buffer.from('{}') }], LATER);
    expect(await store.outUsd('acme')).toBe(1); // its answer is not charged yet
    await lines.answer(BATCH, [{ index: 0, outcome: 'completed', response: null, error: null, usage: null }]);
    await there.giveBack(one, 'expired');
    expect(await store.outUsd('acme')).toBe(0);
  });

  it('are owed an end when their batch does not go on', async () => {
    await begin(1);
    await take(ofModel('a'));
    await only();
    expect(await there.nextOwed(null)).toBeNull();
    await there.disown(BATCH);
    await there.done(await owed());
    expect(await there.nextOwed(null)).toBeNull();
  });

  it('are owed an end as well when nobody said that their batch does not go on', async () => {
    await begin(1);
    await take(ofModel('a'));
    const one = await only();
    await there.submitting(one, 'openai');
    await there.release(one);
    await database.dataSource.query('UPDATE batches SET ended_at = now()');
    expect(await owed()).toMatchObject({ phase: 'owed', unsure: true });
  });
});
