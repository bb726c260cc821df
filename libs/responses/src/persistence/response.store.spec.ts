import { randomBytes } from 'node:crypto';
import { environmentSchema } from '@relay/config';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { type AnsweredResponse, ResponseStore } from './response.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('kept responses on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_responses')]);

const SECRET = '0123456789abcdef0123456789abcdef';
const BOUNDS = { maxResponses: 10, maxBytes: 100_000 };
const message = (text: string) => ({
  ...{ type: 'message', id: `msg_${text}`, role: 'assistant', status: 'completed' },
  content: [{ type: 'output_text', text, annotations: [] }],
});

describe.each(backends)('the store of responses on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    clock = new FakeClock();
    await database.dataSource.query('TRUNCATE responses');
  });

  const storeWith = (secret?: string): ResponseStore =>
    new ResponseStore(database.dataSource, clock, environmentSchema.parse({ RELAY_ENCRYPTION_KEY: secret }));
  const answered = (id: string, changes: Partial<AnsweredResponse> = {}): AnsweredResponse => ({
    ...{ tenantId: 'acme', id, keyId: 'k', status: 'completed', previousId: null },
    asked: { model: 'small', input: `to ${id}` },
    answer: { id, object: 'response', status: 'completed', output: [message(id)] },
    ...changes,
  });
  const keep = async (store: ResponseStore, ...responses: AnsweredResponse[]): Promise<void> => {
    for (const response of responses) {
      clock.advance(1);
      await store.insert(response);
    }
  };
  const stored = (): Promise<{ asked: Buffer; answer: Buffer; bytes: number }[]> =>
    database.dataSource.query('SELECT asked, answer, bytes FROM responses');

  it('gives back what was asked and answered, long texts as well', async () => {
    const store = storeWith();
    const long = answered('resp_1', { asked: { input: 'long '.repeat(10_000) } });
    await keep(store, long);
    const { tenantId: _tenant, keyId: _key, ...rest } = long;
    expect(await store.find('acme', 'resp_1')).toEqual({ ...rest, background: false });
    const [row] = await stored();
    expect(row?.asked.length).toBeLessThan(1_000);
    expect(row?.bytes).toBeGreaterThan(50_000);
  });

  it('has nothing of another tenant, under the same id or any other', async () => {
    const store = storeWith();
    await keep(store, answered('resp_1'), answered('resp_1', { tenantId: 'globex', asked: { input: 'theirs' } }));
    await keep(store, answered('resp_2', { tenantId: 'globex', previousId: 'resp_1' }));
    expect((await store.find('acme', 'resp_1'))?.asked).toEqual({ model: 'small', input: 'to resp_1' });
    expect(await store.find('acme', 'resp_2')).toBeNull();
    expect((await store.chain('acme', 'resp_2', BOUNDS)).responses).toEqual([]);
    expect((await store.chain('globex', 'resp_2', BOUNDS)).responses[0]?.asked).toEqual({ input: 'theirs' });
    expect(await store.items('acme', ['msg_resp_2'], BOUNDS.maxBytes)).toEqual(new Map());
    expect(await store.remove('acme', 'resp_2')).toBe(false);
    expect(await store.remove('globex', 'resp_2')).toBe(true);
    expect(await store.find('globex', 'resp_2')).toBeNull();
  });

  it.each(['', 'no such', "resp_'; --", 'x\0y', 'r'.repeat(129)])('has nothing under what is no id: %j', async (id) => {
    const store = storeWith();
    expect(await store.find('acme', id)).toBeNull();
    expect(await store.remove('acme', id)).toBe(false);
    expect((await store.chain('acme', id, BOUNDS)).responses).toEqual([]);
  });

  it('follows a conversation to its beginning', async () => {
    const store = storeWith();
    await keep(store, answered('resp_1'), answered('resp_2', { previousId: 'resp_1' }));
    await keep(store, answered('resp_3', { previousId: 'resp_2' }), answered('resp_4', { previousId: 'resp_1' }));
    const chain = await store.chain('acme', 'resp_3', BOUNDS);
    expect(chain.responses.map(({ id }) => id)).toEqual(['resp_1', 'resp_2', 'resp_3']);
    expect(chain).toMatchObject({ isWhole: true, isTooLong: false });
  });

  it('says when the beginning of a conversation is gone', async () => {
    const store = storeWith();
    await keep(store, answered('resp_1'), answered('resp_2', { previousId: 'resp_1' }));
    await store.remove('acme', 'resp_1');
    expect(await store.chain('acme', 'resp_2', BOUNDS)).toMatchObject({ isWhole: false, isTooLong: false });
  });

  it('says when a conversation is too long, in responses or bytes, and not when it just fits', async () => {
    const store = storeWith();
    await keep(store, answered('resp_1'), answered('resp_2', { previousId: 'resp_1' }));
    await keep(store, answered('resp_3', { previousId: 'resp_2' }));
    const isTooLong = async (maxResponses: number, maxBytes: number): Promise<boolean> =>
      (await store.chain('acme', 'resp_3', { maxResponses, maxBytes })).isTooLong;
    const bytes = (await stored()).reduce((total, row) => total + row.bytes, 0);
    expect(await isTooLong(2, 100_000)).toBe(true);
    expect(await isTooLong(3, 100_000)).toBe(false);
    expect(await isTooLong(3, bytes - 1)).toBe(true);
    expect(await isTooLong(3, bytes)).toBe(false);
  });

  it('finds items by their ids, the newest of the same name', async () => {
    const store = storeWith();
    const older = { ...message('again'), status: 'incomplete' };
    await keep(store, answered('resp_1', { answer: { output: [older] } }));
    await keep(store, answered('resp_2', { answer: { output: [message('again'), message('other')] } }));
    const items = await store.items('acme', ['msg_again', 'msg_none'], BOUNDS.maxBytes);
    expect(items).toEqual(new Map([['msg_again', message('again')]]));
  });

  it('finds an item behind any number of newer answers that have another one', async () => {
    const store = storeWith();
    await keep(store, answered('resp_own'));
    for (let n = 0; n < 150; n++)
      await keep(store, answered(`resp_${n}`, { answer: { output: [message('popular')] } }));
    const items = await store.items('acme', ['msg_popular', 'msg_resp_own'], BOUNDS.maxBytes);
    expect([...(items?.keys() ?? [])].sort()).toEqual(['msg_popular', 'msg_resp_own']);
  });

  it('finds items of more than a hundred answers', async () => {
    const store = storeWith();
    const ids = Array.from({ length: 150 }, (_, n) => `resp_${n}`);
    await keep(store, ...ids.map((id) => answered(id)));
    expect(
      (
        await store.items(
          'acme',
          ids.map((id) => `msg_${id}`),
          BOUNDS.maxBytes,
        )
      )?.size,
    ).toBe(150);
  });

  it.each([
    ['that get short', (n: number) => String(n).repeat(20_000)],
    ['that do not get shorter', (n: number) => randomBytes(10_000 + n).toString('hex')],
  ])('reads answers up to a bound, %s', async (_how, textOf) => {
    const store = storeWith(SECRET);
    const answers = [1, 2, 3].map((n) => ({ output: [{ ...message(`long_${n}`), text: textOf(n) }] }));
    const asked = { input: 'x'.repeat(200_000) }; // is not read
    await keep(store, ...answers.map((answer, n) => answered(`resp_${n}`, { answer, asked })));
    const ids = ['msg_long_1', 'msg_long_2', 'msg_long_3'];
    const bytes = answers.reduce((total, answer) => total + JSON.stringify(answer).length, 0);
    expect((await store.items('acme', ids, bytes))?.size).toBe(3);
    expect(await store.items('acme', ids, bytes - 1)).toBeNull();
    expect((await store.items('acme', ids.slice(1), bytes - 1))?.size).toBe(2);
  });

  it('shows nothing to who reads the table where there is an encryption key', async () => {
    const store = storeWith(SECRET);
    await keep(store, answered('resp_1', { asked: { input: 'a secret' } }));
    expect((await store.find('acme', 'resp_1'))?.asked).toEqual({ input: 'a secret' });
    const [row] = await stored();
    for (const side of [row?.asked, row?.answer]) expect(side?.toString('latin1')).not.toMatch(/secret|output/);
    expect(await storeWith(`other ${SECRET}`).find('acme', 'resp_1')).toBeNull();
    expect(await storeWith().find('acme', 'resp_1')).toBeNull();
  });

  it('opens what was written before there was a key', async () => {
    await keep(storeWith(), answered('resp_1'));
    expect(await storeWith(SECRET).find('acme', 'resp_1')).toMatchObject({ id: 'resp_1' });
  });

  it('does not open what was moved to another tenant', async () => {
    const store = storeWith(SECRET);
    await keep(store, answered('resp_1'));
    await database.dataSource.query(`UPDATE responses SET tenant_id = 'globex'`);
    expect(await store.find('globex', 'resp_1')).toBeNull();
  });
});
