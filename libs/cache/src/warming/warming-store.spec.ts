import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { warmingSchema, type WarmCache, type Warming } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { WarmingStore } from './warming-store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('warmings on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_warmings')]);

const BODY = { model: 'small', messages: [{ role: 'user', content: 'How do I reset my password?' }] };

describe.each(backends)('the store of warmings on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let store: WarmingStore;

  beforeAll(async () => {
    database = await open();
    clock = new FakeClock();
    store = new WarmingStore(database.dataSource, clock);
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(() => database.dataSource.query('TRUNCATE cache_warmings'));

  const tryCreate = (changes: Partial<WarmCache> = {}) => {
    const request: WarmCache = { tenant: 'acme', source: { requests: [BODY, BODY] }, ...changes };
    return database.dataSource.transaction((transaction) => store.create(request, transaction));
  };
  const create = async (changes?: Partial<WarmCache>): Promise<Warming> => {
    clock.advance(1);
    const created = await tryCreate(changes);
    if (!created.ok) throw created.error;
    return created.value;
  };
  const stored = { outcome: 'stored', costUsd: '0.3' } as const;
  const sources = (): Promise<{ source: unknown }[]> =>
    database.dataSource.query('SELECT source FROM cache_warmings WHERE source IS NOT NULL');

  it('tells how far one is', async () => {
    const { id } = await create();
    expect(await store.find(id, null)).toMatchObject({ status: 'waiting', total: 2, asked: 0, costUsd: '0' });
    expect(await store.begin(id)).toEqual({
      ...{ id, tenant: 'acme', source: { requests: [BODY, BODY] }, scopes: null, tags: null, isSpent: false },
      createdAt: new Date(clock.now()),
    });
    await store.note(id, stored);
    await store.note(id, { outcome: 'cached', costUsd: '0' });
    await store.note(id, { outcome: 'failed', costUsd: null });
    const warming = await store.find(id, null);
    expect(warming).toMatchObject({ status: 'running', asked: 3, cached: 1, failed: 1, costUsd: '0.3' });
    expect(warmingSchema.parse(warming)).toEqual(warming);
  });

  it('runs one of a tenant at a time, whoever begins, and goes on where its turn was over', async () => {
    const [first, second] = [await create(), await create()];
    const others = await create({ tenant: 'globex' });
    expect(await store.begin(second.id)).toMatchObject({ id: second.id });
    expect(await store.begin(first.id)).toBe('later');
    expect(await store.begin(others.id)).toMatchObject({ id: others.id });
    await store.note(second.id, stored);
    expect(await store.begin(second.id, { asked: 1, cached: 0, failed: 0 })).toMatchObject({ id: second.id });
    expect(await store.find(second.id, null)).toMatchObject({ status: 'running', asked: 1 });
    await store.end(second.id, 'done', null);
    expect(await store.begin(first.id)).toMatchObject({ id: first.id });
  });

  it('lets the older one go on where two of a tenant are running', async () => {
    const [first, second] = [await create(), await create()];
    await database.dataSource.query(`UPDATE cache_warmings SET status = 'running'`);
    expect(await store.begin(second.id)).toBe('later');
    expect(await store.begin(first.id)).toMatchObject({ id: first.id });
  });

  it('says when the money is spent, and knows of it after an interruption', async () => {
    const { id } = await create({ maxUsd: 0.6 });
    await store.begin(id);
    expect(await store.note(id, stored)).toBe('go-on');
    expect(await store.note(id, stored)).toBe('spent');
    expect(await store.begin(id)).toMatchObject({ isSpent: true });
    expect(await store.find(id, null)).toMatchObject({ asked: 0, costUsd: '0.6' });
  });

  it('says that one was cancelled, and lets it not begin again', async () => {
    const { id } = await create();
    await store.begin(id);
    expect(await store.end(id, 'cancelled', null)).toBe(true);
    expect(await store.note(id, stored)).toBe('cancelled');
    expect(await store.begin(id)).toBeNull();
    expect(await store.end(id, 'done', null)).toBe(false);
    expect(await store.find(id, null)).toMatchObject({ status: 'cancelled', asked: 0, costUsd: '0.3' });
  });

  it('counts what was paid for a request that was given up, and not the request', async () => {
    const { id } = await create({ maxUsd: 0.6 });
    await store.begin(id);
    expect(await store.note(id, { outcome: 'given-up', costUsd: '0.3' })).toBe('go-on');
    expect(await store.find(id, null)).toMatchObject({ asked: 0, failed: 0, costUsd: '0.3' });
    await store.end(id, 'cancelled', null);
    expect(await store.note(id, { outcome: 'given-up', costUsd: '0.3' })).toBe('cancelled');
    expect(await store.find(id, null)).toMatchObject({ status: 'cancelled', asked: 0, costUsd: '0.6' });
  });

  it('remembers for which API keys it asks', async () => {
    const { id } = await create({ scopes: ['tenant:act-as', 'inference'] });
    expect(await store.begin(id)).toMatchObject({ scopes: ['tenant:act-as', 'inference'] });
  });

  it('remembers the tags that it asks with', async () => {
    const { id } = await create({ tags: ['eu', 'faq'] });
    expect(await store.begin(id)).toMatchObject({ tags: ['eu', 'faq'] });
  });

  it('tells why the first ones failed, and forgets it when it begins anew', async () => {
    const failed = (request: number) =>
      ({ outcome: 'failed', costUsd: null, error: { request, code: 'model_not_found', message: 'no "x"' } }) as const;
    const { id } = await create();
    expect((await store.find(id, null))?.errors).toEqual([]);
    await store.begin(id);
    for (let n = 1; n <= 6; n++) await store.note(id, failed(n));
    const errors = [1, 2, 3, 4, 5].map((n) => failed(n).error);
    expect(await store.find(id, null)).toMatchObject({ failed: 6, errors });
    await store.begin(id, { asked: 6, cached: 0, failed: 6 });
    expect(await store.find(id, null)).toMatchObject({ errors });
    await store.begin(id);
    await store.note(id, stored);
    expect(await store.find(id, null)).toMatchObject({ failed: 0, errors: [] });
    await store.end(id, 'done', null);
    await store.note(id, failed(1));
    expect(await store.find(id, null)).toMatchObject({ errors: [] });
  });

  it('keeps the requests no longer than they are needed', async () => {
    const { id } = await create();
    expect(await sources()).toHaveLength(1);
    await store.end(id, 'failed', 'the provider is away');
    expect(await sources()).toEqual([]);
    expect(await store.find(id, null)).toMatchObject({ status: 'failed', reason: 'the provider is away' });
  });

  it('shows a tenant its own only, newest first', async () => {
    const first = await create();
    const others = await create({ tenant: 'globex', source: { traces: { days: 7, top: 10 } } });
    const second = await create();
    expect((await store.list('acme')).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(await store.list(null)).toHaveLength(3);
    expect(await store.find(others.id, 'acme')).toBeNull();
    expect(await store.find(newTraceId(0), null)).toBeNull();
    expect(await store.open()).toEqual([first.id, others.id, second.id]);
  });

  it('takes no more than 20 of a tenant that have not ended, and remembers 20 that have', async () => {
    for (let n = 0; n < 20; n++) await create();
    expect(await tryCreate()).toMatchObject({ ok: false, error: { code: 'conflict', param: 'tenant' } });
    await create({ tenant: 'globex' });
    for (const { id } of await store.list('acme')) await store.end(id, 'done', null);
    for (let n = 0; n < 3; n++) await store.end((await create()).id, 'done', null);
    expect((await store.list('acme')).length).toBeLessThanOrEqual(21);
    expect(await store.list('globex')).toHaveLength(1);
  });
});
