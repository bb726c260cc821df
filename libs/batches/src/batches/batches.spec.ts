import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ConfigStore, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema, type BatchObject } from '@relay/contracts';
import { ok } from '@relay/core';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { responseOf } from '../domain/line-result';
import { FileStore } from '../files/file-store';
import { FilesService } from '../files/files.service';
import { Seal } from '../seal';
import type { BatchTask } from './batch-rows';
import type { BatchQueue } from './batch-queue';
import { BatchStore, type OpenBatch } from './batch-store';
import { BatchesService } from './batches.service';
import { Conclusion } from './conclusion.service';
import { LineStore, type LineAnswer, type LineRef } from './line-store';
import { Preparation } from './preparation.service';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('batches on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_batches')]);

const URL = '/v1/chat/completions';
const BY = { tenantId: 'acme', keyId: 'key', headers: { 'x-relay-tags': 'nightly' } };
const [ME, OTHER] = [randomUUID(), randomUUID()];
const environment = environmentSchema.parse({ RELAY_ENCRYPTION_KEY: 'a secret of at least 32 characters' });
const config = new ConfigStore(
  {
    ...relayConfigSchema.parse({ batches: { maxRequests: 5 } }),
    policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
  },
  'relay.yaml',
);

const line = (id: string): string => JSON.stringify({ custom_id: id, method: 'POST', url: URL, body: { asks: id } });
const answer = (index: number, said: string): LineAnswer => ({
  ...{ index, outcome: 'completed', error: null, usage: [10, 4, 3, 1] },
  response: responseOf(200, 'req', Buffer.from(JSON.stringify({ said }))),
});

describe.each(backends)('batches on %s', (name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let store: BatchStore;
  let lines: LineStore;
  let files: FileStore;
  let uploads: FilesService;
  let preparation: Preparation;
  let conclusion: Conclusion;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE files, batches CASCADE');
    const { dataSource } = database;
    const seal = new Seal(environment);
    clock = new FakeClock();
    store = new BatchStore(dataSource, clock);
    lines = new LineStore(dataSource, seal);
    files = new FileStore(dataSource, seal, clock);
    uploads = new FilesService(files, config, clock);
    preparation = new Preparation(store, lines, files, config);
    conclusion = new Conclusion(store, lines, files, clock);
  });

  async function* of(text: string): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(text));
  }
  const order = async (texts: readonly string[], by = BY): Promise<BatchObject> => {
    clock.advance(1);
    const details = { filename: 'in.jsonl', purpose: 'batch', expiresAfter: null } as const;
    const file = await uploads.upload(by.tenantId, of(texts.join('\n')), () => ok(details));
    if (!file.ok) throw file.error;
    const batch = await store.create(by, { input_file_id: file.value.id, endpoint: URL, completion_window: '24h' }, 2);
    if (!batch) throw new Error('there are too many');
    return batch;
  };
  const task = async (id: string): Promise<BatchTask> => {
    const found = await store.task(id);
    if (!found) throw new Error('it has ended');
    return found;
  };
  const prepared = async (texts: readonly string[]): Promise<string> => {
    const { id } = await order(texts);
    await preparation.prepare(await task(id));
    return id;
  };
  const found = async (id: string): Promise<BatchObject | null> => store.find(id, 'acme');
  const allOpen = async (): Promise<OpenBatch[]> => {
    const all: OpenBatch[] = [];
    for await (const one of store.open()) all.push(one);
    return all;
  };
  const claimAll = async (id: string, owner = ME): Promise<number[]> => {
    const claimed: number[] = [];
    for (let one = await lines.claim(id, owner); one; one = await lines.claim(id, owner)) claimed.push(one.index);
    return claimed;
  };
  const both = (batchId: string): LineRef[] => [0, 1].map((index) => ({ batchId, index }));
  const endLeases = () => database.dataSource.query(`UPDATE batch_lines SET leased_until = now() - interval '1 s'`);
  const output = async (id: string | null | undefined): Promise<string[]> => {
    if (!id) return [];
    const chunks: Buffer[] = [];
    for await (const chunk of files.read(id)) chunks.push(chunk);
    return Buffer.concat(chunks).toString().trimEnd().split('\n');
  };
  const customIds = (texts: readonly string[]) =>
    texts.map((text) => (JSON.parse(text) as { custom_id: string | null }).custom_id);

  it('hand out each line once, with what it asks', async () => {
    const id = await prepared([line('a'), line('b'), 'broken']);
    expect(await lines.claim(id, ME)).toEqual({
      index: 0,
      request: Buffer.from('{"asks":"a"}'),
      model: '',
      returned: null,
    });
    expect(await lines.claim(id, OTHER)).toMatchObject({ index: 1 });
    expect(await lines.claim(id, OTHER)).toBeNull();
    expect(await found(id)).toMatchObject({
      ...{ status: 'in_progress', request_counts: { total: 3, completed: 0, failed: 1 } },
    });
  });

  it('hand out again what was given back, and what was held by who died', async () => {
    const id = await prepared([line('a'), line('b')]);
    await claimAll(id);
    expect(await lines.renew(ME, both(id))).toHaveLength(2);
    await lines.release({ batchId: id, index: 1 }, OTHER); // it was never theirs
    expect(await claimAll(id, OTHER)).toEqual([]);
    await lines.release({ batchId: id, index: 1 }, ME);
    expect(await claimAll(id, OTHER)).toEqual([1]);
    await endLeases();
    expect(await claimAll(id, OTHER)).toEqual([0, 1]);
    expect(await lines.renew(ME, both(id))).toEqual([]);
  });

  it('are not ordered while the files of their tenant have no room for what they would write', async () => {
    const { input_file_id } = await order([line('a')]);
    const policy = policyDocumentSchema.parse({ name: 'test', version: 1 });
    const sizes = { maxBytes: 50, maxBytesPerTenant: 50 };
    const small = new ConfigStore({ ...relayConfigSchema.parse({ files: sizes }), policy }, 'relay.yaml');
    const queue: Partial<BatchQueue> = { add: () => Promise.resolve() };
    const ordering = { input_file_id, endpoint: URL, completion_window: '24h' } as const;
    const ordered = (of: ConfigStore) => new BatchesService(store, files, queue as BatchQueue, of).create(BY, ordering);
    expect(await ordered(small)).toMatchObject({
      ok: false,
      error: { code: 'body_too_large', param: 'input_file_id' },
    });
    expect(await ordered(config)).toMatchObject({ ok: true });
  });

  it('hand out what was put off when its time has come, after all that never was, and pass over models', async () => {
    const of = (id: string, model: string) =>
      JSON.stringify({ custom_id: id, method: 'POST', url: URL, body: { model } });
    const id = await prepared([of('a', 'down'), of('b', 'down'), of('c', 'up')]);
    expect(await lines.claim(id, ME, ['down'])).toMatchObject({ index: 2, model: 'up' });
    expect(await lines.claim(id, ME, ['up'])).toMatchObject({ index: 0, model: 'down' });
    await lines.putOff({ batchId: id, index: 0 }, OTHER, 60_000); // it was never theirs
    expect(await lines.dueInMs(id)).toBe(0);
    await lines.putOff({ batchId: id, index: 0 }, ME, 60_000);
    expect(await claimAll(id)).toEqual([1]);
    const dueInMs = await lines.dueInMs(id);
    expect(dueInMs).toBeGreaterThan(30_000);
    expect(dueInMs).toBeLessThanOrEqual(60_000);
    await lines.release({ batchId: id, index: 1 }, ME);
    await database.dataSource.query(
      `UPDATE batch_lines SET not_before = now() - interval '1 s' WHERE not_before > now()`,
    );
    expect(await claimAll(id)).toEqual([1, 0]);
    expect(await lines.dueInMs(id)).toBeNull();
  });

  it('hand out again what its owner does not name any more', async () => {
    const id = await prepared([line('a'), line('b')]);
    await claimAll(id);
    await endLeases();
    expect(await lines.renew(ME, [{ batchId: id, index: 1 }])).toEqual([{ batchId: id, index: 1 }]);
    expect(await claimAll(id, OTHER)).toEqual([0]);
  });

  // The embedded database has one connection: nobody waits for anybody.
  (name === 'PostgreSQL' ? it : it.skip)('let no two wait for each other who lock the same lines', async () => {
    const id = await prepared([line('a'), line('b')]);
    await claimAll(id);
    const [holder, watcher] = [database.dataSource.createQueryRunner(), database.dataSource.createQueryRunner()];
    const waiting = async (most: number): Promise<void> => {
      const count = `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while (((await watcher.query(count)) as { n: number }[])[0]?.n !== most);
    };
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM batch_lines WHERE batch_id = $1 AND index = 0 FOR UPDATE', [id]);
    const query = jest.spyOn(database.dataSource, 'query');
    const renewing = lines.renew(ME, both(id));
    await waiting(1);
    const answering = lines.answer(id, [answer(1, 'b'), answer(0, 'a')]);
    await waiting(2);
    await holder.query('COMMIT');
    await Promise.all([holder.release(), watcher.release()]);
    await Promise.all([renewing, answering]);
    const settled = await Promise.allSettled(query.mock.results.map(({ value }) => value as Promise<unknown>));
    query.mockRestore();
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  it('count the first of two answers to a line', async () => {
    const id = await prepared([line('a'), line('b')]);
    await claimAll(id);
    await endLeases();
    await claimAll(id, OTHER);
    await lines.answer(id, [answer(0, 'first')]);
    await lines.answer(id, [answer(0, 'second'), answer(1, 'only')]);
    expect(await found(id)).toMatchObject({
      request_counts: { total: 2, completed: 2, failed: 0 },
      usage: { input_tokens: 20, output_tokens: 6, total_tokens: 26, input_tokens_details: { cached_tokens: 8 } },
    });
    await store.finalize(id, 'completed');
    await conclusion.conclude(await task(id));
    const texts = await output((await found(id))?.output_file_id);
    expect(texts.map((text) => text.includes('first') || text.includes('only'))).toEqual([true, true]);
  });

  it('tell what came of each line, in the order of the input', async () => {
    const id = await prepared([line('a'), 'broken', line('b'), line('a')]);
    await lines.answer(id, [answer(2, 'b')]);
    await lines.answer(id, [answer(0, 'a')]);
    expect(await lines.hasOpen(id)).toBe(false);
    await store.finalize(id, 'completed');
    await conclusion.conclude(await task(id));
    const batch = await found(id);
    expect(batch).toMatchObject({ status: 'completed', completed_at: expect.any(Number) });
    expect(customIds(await output(batch?.output_file_id))).toEqual(['a', 'b']);
    expect(customIds(await output(batch?.error_file_id))).toEqual([null, 'a']);
    expect(await uploads.find(batch?.output_file_id ?? '', 'globex')).toMatchObject({ ok: false });
    expect(await database.dataSource.query('SELECT 1 FROM batch_lines')).toEqual([]);
    expect(await store.task(id)).toBeNull();
  });

  it('end the same way when their end is interrupted and begun anew', async () => {
    const id = await prepared([line('a'), line('b')]);
    await lines.answer(id, [answer(0, 'a'), answer(1, 'b')]);
    await store.finalize(id, 'completed');
    const before = await task(id);
    expect(before.headers).toEqual(BY.headers);
    await Promise.all([conclusion.conclude(before), conclusion.conclude(before)]);
    const batch = await found(id);
    expect(customIds(await output(batch?.output_file_id))).toEqual(['a', 'b']);
    expect(batch?.error_file_id).toBeNull();
    expect((await uploads.list('acme', { limit: 10, order: 'asc', purpose: 'batch_output' })).data).toHaveLength(1);
  });

  it('begin the same way when their beginning is interrupted', async () => {
    const { id } = await order([line('a'), line('b')]);
    const before = await task(id);
    await preparation.prepare(before);
    await claimAll(id);
    await preparation.prepare(before);
    expect(await found(id)).toMatchObject({ status: 'in_progress', request_counts: { total: 2 } });
    expect(await claimAll(id, OTHER)).toEqual([]);
  });

  it.each([
    ['nothing', ['', ' '], 'empty_file'],
    ['too much', Array.from({ length: 6 }, (_, n) => line(`${n}`)), 'too_many_requests'],
  ])('fail whose input says %s', async (_what, texts, code) => {
    const id = await prepared(texts);
    expect(await found(id)).toMatchObject({ status: 'failed', errors: { data: [{ code }] } });
    expect(await database.dataSource.query('SELECT 1 FROM batch_lines')).toEqual([]);
  });

  it.each(['expired', 'cancelled'] as const)('that are %s tell so of what was not answered by then', async (ending) => {
    const id = await prepared([line('a'), line('b')]);
    await claimAll(id);
    await lines.answer(id, [answer(0, 'a')]);
    if (ending === 'expired') await store.finalize(id, ending);
    else expect(await store.cancel(id, 'acme')).toBe(true);
    expect(await lines.renew(ME, both(id))).toEqual([]);
    expect(await lines.claim(id, ME)).toBeNull();
    await conclusion.conclude(await task(id));
    await lines.answer(id, [answer(1, 'too late')]);
    const batch = await found(id);
    expect(batch).toMatchObject({ status: ending, request_counts: { total: 2, completed: 1, failed: 1 } });
    expect(customIds(await output(batch?.output_file_id))).toEqual(['a']);
    expect((await output(batch?.error_file_id))[0]).toContain(`batch_${ending}`);
  });

  it('end without the answers that do not open, once no worker with their key can come any more', async () => {
    Logger.overrideLogger(false);
    const id = await prepared([line('a'), line('b'), line('c')]);
    const lost = environmentSchema.parse({ RELAY_ENCRYPTION_KEY: 'a key that nobody has any more..' });
    const others = new LineStore(database.dataSource, new Seal(lost));
    await lines.answer(id, [answer(0, 'a')]);
    await others.answer(id, [answer(1, 'b'), { ...answer(2, 'c'), outcome: 'failed' }]);
    await store.finalize(id, 'completed');
    await expect(conclusion.conclude(await task(id))).rejects.toThrow('cannot be opened');
    expect(await found(id)).toMatchObject({ status: 'finalizing', request_counts: { completed: 2, failed: 1 } });
    clock.advance(86_400_000);
    await conclusion.conclude(await task(id));
    const batch = await found(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 1, failed: 2 } });
    expect(customIds(await output(batch?.output_file_id))).toEqual(['a']);
    const failed = await output(batch?.error_file_id);
    expect(customIds(failed)).toEqual(['b', 'c']);
    expect(failed.every((text) => text.includes('"answer_unreadable"'))).toBe(true);
  });

  it('are there for their tenant only', async () => {
    const { id } = await order([line('a')]);
    expect(await store.find(id, 'globex')).toBeNull();
    expect(await store.cancel(id, 'globex')).toBe(false);
    expect(await store.list('globex', { limit: 10 })).toEqual([]);
    expect(await store.list('acme', { limit: 10 })).toHaveLength(1);
  });

  it('are bounded for each tenant, and a second one stands behind the first ones of all', async () => {
    const first = await order([line('a')]);
    const second = await order([line('a')]);
    await expect(order([line('a')])).rejects.toThrow('too many');
    const theirs = await order([line('a')], { ...BY, tenantId: 'globex' });
    expect(await allOpen()).toEqual([
      { id: first.id, rank: 1, total: 0 },
      { id: second.id, rank: 2, total: 0 },
      { id: theirs.id, rank: 1, total: 0 },
    ]);
  });

  it('are all found again, however many have not ended', async () => {
    const { id } = await order([line('a')]);
    await database.dataSource.query(
      `INSERT INTO batches (id, tenant_id, key_id, endpoint, input_file_id, status, created_at, expires_at)
       SELECT 'batch_' || to_char(n, 'FM0000'), 'globex', 'k', '', '', 'validating', now(), now() FROM generate_series(1, 2100) n`,
    );
    const all = await allOpen();
    expect(new Set(all.map((one) => one.id)).size).toBe(2_101);
    expect(all.find((one) => one.id === 'batch_2100')?.rank).toBe(2_100);
    expect(await store.openOne(id)).toEqual({ id, rank: 1, total: 0 });
    expect(await store.openOne('batch_2100')).toMatchObject({ rank: 2_100 });
  });

  it('are bounded also when they are ordered at the same time', async () => {
    const first = await order([line('a')]);
    const more = { input_file_id: first.input_file_id, endpoint: URL, completion_window: '24h' } as const;
    const created = await Promise.all(Array.from({ length: 12 }, () => store.create(BY, more, 4)));
    expect(created.filter((batch) => batch !== null)).toHaveLength(3);
  });

  it('fail whose input is removed while it is read, instead of doing a part of it', async () => {
    const { id } = await order([line('a'), line('b')]);
    const read = files.read.bind(files);
    jest.spyOn(files, 'read').mockImplementation(async function* (fileId) {
      await files.remove(fileId, 'acme');
      yield* read(fileId);
    });
    await preparation.prepare(await task(id));
    expect(await found(id)).toMatchObject({ status: 'failed', errors: { data: [{ code: 'file_not_found' }] } });
    expect(await database.dataSource.query('SELECT 1 FROM batch_lines')).toEqual([]);
  });

  it('that are cancelled while they are read count the lines that are there', async () => {
    const { id } = await order([line('a')]);
    const body = Buffer.from('{}');
    await lines.add(id, [
      { batchId: id, index: 0, line: { customId: 'a', model: null, body } },
      { batchId: id, index: 1, line: { customId: null, code: 'invalid_line', message: 'no' } },
    ]);
    await store.cancel(id, 'acme');
    await conclusion.conclude(await task(id));
    expect(await found(id)).toMatchObject({
      status: 'cancelled',
      request_counts: { total: 2, completed: 0, failed: 2 },
    });
  });

  it('keep what was said of a line, but for characters that no database has', async () => {
    const id = await prepared([line('a')]);
    const error = { code: 'invalid_request', message: 'no \0 and no \ud800' };
    await lines.answer(id, [{ index: 0, outcome: 'failed', response: null, error, usage: null }]);
    const problem = { customId: null, code: 'invalid_line', message: error.message } as const;
    await lines.add(id, [{ batchId: id, index: 1, line: problem }]);
    const said: string[] = [];
    for await (const one of lines.ended(id, 'failed')) said.push(one.error?.message ?? '');
    expect(said).toEqual(['no \ufffd and no \ufffd', 'no \ufffd and no \ufffd']);
  });

  it('tell large answers a few at a time', async () => {
    const id = await prepared([line('a'), line('b'), line('c')]);
    const large = 'x'.repeat(5_000_000);
    for (const index of [0, 1, 2]) await lines.answer(id, [answer(index, `${index}${large}`)]);
    const query = jest.spyOn(database.dataSource, 'query');
    const told: number[] = [];
    for await (const one of lines.ended(id, 'completed')) told.push(one.index);
    expect(told).toEqual([0, 1, 2]);
    const read = await Promise.all(query.mock.results.map(({ value }) => value as Promise<unknown[]>));
    expect(read.map((rows) => rows.length)).toEqual([2, 1, 0]);
    query.mockRestore();
  });

  it('are forgotten long after they have ended', async () => {
    const id = await prepared(['']);
    clock.advance(89 * 86_400_000);
    expect(await store.removeOld()).toBe(0);
    clock.advance(2 * 86_400_000);
    expect(await store.removeOld()).toBe(1);
    expect(await found(id)).toBeNull();
  });
});
