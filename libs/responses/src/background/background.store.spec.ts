import { Logger } from '@nestjs/common';
import { environmentSchema } from '@relay/config';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { ResponseStore } from '../persistence/response.store';
import { BackgroundStore, LEASE_MS, type ClaimedResponse, type OrderOnce } from './background.store';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('responses in the background on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_background')]);

/** What a slow test may take between two statements. */
const SLACK_MS = 5_000;
const DAY_MS = 86_400_000;
const NAME = { tenantId: 'acme', id: 'resp_1' };
const ANSWER = { id: 'resp_1', status: 'completed', output: [{ type: 'message', id: 'msg_1' }] };

describe.each(backends)('responses in the background on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let background: BackgroundStore;
  let store: ResponseStore;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    clock = new FakeClock();
    const environment = environmentSchema.parse({});
    background = new BackgroundStore(database.dataSource, clock, environment);
    store = new ResponseStore(database.dataSource, clock, environment);
    await database.dataSource.query('TRUNCATE responses');
  });

  const order = (name = NAME, maxBytes = 1_000_000, once: OrderOnce | null = null) => {
    const answer = { id: name.id, status: 'queued', output: [] };
    const headers = { 'x-relay-priority': 'batch' };
    const ordered = { ...name, keyId: 'k', previousId: null, asked: { input: 'Hello' }, answer, headers, once };
    return background.order(ordered, maxBytes);
  };
  const claim = async (owner: string): Promise<ClaimedResponse> => {
    const claimed = await background.claim(NAME, owner);
    if (typeof claimed === 'string') throw new Error(`it is ${claimed}`);
    return claimed;
  };
  /** Leases go by the database's clock, which this brings forward. */
  const later = (ms: number): Promise<unknown> =>
    database.dataSource.query(`UPDATE responses SET leased_until = leased_until - interval '${ms} milliseconds'`);
  const statusNow = async (): Promise<string | undefined> => (await store.find('acme', 'resp_1'))?.status;

  it('are queued, worked on, and end with their answer', async () => {
    expect(await order()).toEqual({ ok: true, value: 0 });
    expect(await statusNow()).toBe('queued');
    const claimed = await claim('a');
    expect(claimed).toMatchObject({
      ...{ tenantId: 'acme', keyId: 'k', headers: { 'x-relay-priority': 'batch' }, attempts: 1, isExpired: false },
      response: { id: 'resp_1', asked: { input: 'Hello' } },
    });
    expect(await statusNow()).toBe('in_progress');
    expect(await background.finish(claimed, 'a', 'completed', ANSWER)).toBe(true);
    expect(await store.find('acme', 'resp_1')).toMatchObject({ status: 'completed', answer: ANSWER });
    expect((await store.items('acme', ['msg_1'], 1_000))?.size).toBe(1);
    expect(await background.claim(NAME, 'a')).toBe('ended');
    expect(background.stats()).toEqual({ completed: 1, incomplete: 0, failed: 0, cancelled: 0 });
  });

  it('are refused beyond the bytes of what has not ended, of which one is always taken', async () => {
    expect(await order(NAME, 1)).toMatchObject({ ok: true });
    const [{ bytes }]: [{ bytes: number }] = await database.dataSource.query('SELECT bytes FROM responses');
    const second = { tenantId: 'acme', id: 'resp_2' };
    expect(await order(second, 2 * bytes - 1)).toMatchObject({ error: { code: 'overloaded' } });
    expect(await order({ tenantId: 'globex', id: 'resp_3' }, 1)).toMatchObject({ ok: true });
    expect(await order(second, 2 * bytes)).toMatchObject({ ok: true });
    await background.cancel(NAME);
    await background.cancel(second);
    expect(await order({ tenantId: 'acme', id: 'resp_4' }, 1)).toMatchObject({ ok: true });
  });

  it('are ordered once by a key with one Idempotency-Key, for a day', async () => {
    const once = { key: 'nightly', print: 'p' };
    const named = (n: number) => ({ ...NAME, id: `resp_${n}` });
    const ordered = await Promise.all([1, 2, 3].map((n) => order(named(n), 1_000_000, once)));
    expect(ordered.filter(({ ok }) => ok)).toHaveLength(1);
    const first = named(ordered.findIndex(({ ok }) => ok) + 1);
    expect(await background.findOnce('acme', 'k', once)).toEqual({ id: first.id, print: 'p' });
    expect(await background.findOnce('acme', 'another', once)).toBeNull();
    expect(await background.findOnce('globex', 'k', once)).toBeNull();
    await background.cancel(first);
    expect(await order(named(4), 1_000_000, once)).toMatchObject({ ok: false });
    expect(await order({ tenantId: 'globex', id: 'resp_5' }, 1_000_000, once)).toMatchObject({ ok: true });
    expect(await order(named(6), 1_000_000, { ...once, key: 'weekly' })).toMatchObject({ ok: true });
    expect(await order(named(7))).toMatchObject({ ok: true });
    clock.advance(DAY_MS);
    expect(await background.findOnce('acme', 'k', once)).toBeNull();
    expect(await order(named(4), 1_000_000, once)).toMatchObject({ ok: true });
  });

  it('are worked on by one at a time, until its lease runs out', async () => {
    await order();
    await claim('a');
    clock.advance(2 * LEASE_MS); // this process is ahead of all others
    expect(await background.claim(NAME, 'b')).toBe('held');
    await later(LEASE_MS);
    expect((await claim('b')).attempts).toBe(2);
  });

  it('stay with who renews the lease', async () => {
    await order();
    await claim('a');
    await later(LEASE_MS - SLACK_MS);
    expect(await background.renew('a', [NAME])).toEqual([NAME]);
    await later(LEASE_MS - SLACK_MS);
    expect(await background.claim(NAME, 'b')).toBe('held');
    expect(await background.renew('b', [NAME])).toEqual([]);
  });

  it('stay with who let its lease run out, as long as nobody else took them', async () => {
    await order();
    const claimed = await claim('a');
    await later(20 * LEASE_MS); // the database was away
    expect(await background.renew('a', [NAME])).toEqual([NAME]);
    expect(await background.claim(NAME, 'b')).toBe('held');
    await later(20 * LEASE_MS);
    expect(await background.finish(claimed, 'a', 'completed', ANSWER)).toBe(true);
    expect(await statusNow()).toBe('completed');
  });

  it('go to others when who holds the lease does not name them any more', async () => {
    await order();
    const other = { ...NAME, id: 'resp_2' };
    await order(other);
    await claim('a');
    await background.claim(other, 'a');
    await later(LEASE_MS - SLACK_MS);
    expect(await background.renew('a', [other])).toEqual([other]);
    await later(SLACK_MS);
    expect(await background.claim(other, 'b')).toBe('held');
    expect((await claim('b')).attempts).toBe(2);
  });

  it('end once: who lost the lease changes nothing any more', async () => {
    await order();
    const lost = await claim('a');
    await later(LEASE_MS);
    const taken = await claim('b');
    expect(await background.finish(lost, 'a', 'failed', {})).toBe(false);
    await background.release(lost, 'a');
    expect(await statusNow()).toBe('in_progress');
    expect(await background.finish(taken, 'b', 'completed', ANSWER)).toBe(true);
    expect(await background.finish(taken, 'b', 'failed', {})).toBe(false);
    expect(await statusNow()).toBe('completed');
  });

  it('can be cancelled while they wait or are worked on, and stay cancelled', async () => {
    await order();
    expect(await background.cancel({ ...NAME, tenantId: 'globex' })).toBe(false);
    const claimed = await claim('a');
    expect(await background.cancel(NAME)).toBe(true);
    expect(await background.renew('a', [NAME])).toEqual([]);
    expect(await background.finish(claimed, 'a', 'completed', ANSWER)).toBe(false);
    expect(await background.cancel(NAME)).toBe(false);
    expect(await statusNow()).toBe('cancelled');
    expect(await background.claim(NAME, 'b')).toBe('ended');
  });

  it('lose their lease when they are removed', async () => {
    await order();
    await claim('a');
    await store.remove('acme', 'resp_1');
    expect(await background.renew('a', [NAME])).toEqual([]);
    expect(await background.claim(NAME, 'a')).toBe('ended');
  });

  it('go back into the line as if nobody had begun', async () => {
    await order();
    await background.release(await claim('a'), 'a');
    expect(await statusNow()).toBe('queued');
    expect((await claim('b')).attempts).toBe(1);
  });

  it('wait for a process with their key where one without it takes them up, until they expire', async () => {
    Logger.overrideLogger(false);
    const said = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const withKey = (secret: string): BackgroundStore =>
      new BackgroundStore(database.dataSource, clock, environmentSchema.parse({ RELAY_ENCRYPTION_KEY: secret }));
    const [key, other] = [withKey('a secret of at least 32 characters'), withKey('another secret of 32 characters..')];
    background = key;
    await order();
    for (const lacking of [other, new BackgroundStore(database.dataSource, clock, environmentSchema.parse({}))])
      expect(await lacking.claim(NAME, 'a')).toBe('held');
    await other.claim(NAME, 'a');
    expect(said).toHaveBeenCalledTimes(2); // each process once
    said.mockRestore();
    expect(await key.claim(NAME, 'b')).toMatchObject({ attempts: 1, response: { asked: { input: 'Hello' } } });
    await later(2 * LEASE_MS);
    clock.advance(25 * 3_600_000);
    expect(await other.claim(NAME, 'a')).toBe('ended');
  });

  it('expire after a day', async () => {
    await order();
    clock.advance(DAY_MS - 1);
    await background.release(await claim('a'), 'a');
    clock.advance(1);
    expect((await claim('a')).isExpired).toBe(true);
  });

  it('are no more than 1,000 of a tenant; those that have ended do not count', async () => {
    await database.dataSource.query(
      `INSERT INTO responses (tenant_id, id, status, background, asked, answer, bytes, item_ids, key_id, created_at)
       SELECT 'acme', 'resp_x' || n, 'queued', true, '', '', 0, '{}', 'k', now() FROM generate_series(1, 1000) n`,
    );
    expect(await order()).toMatchObject({ ok: false, error: { code: 'overloaded', retryAfterSeconds: 10 } });
    expect(await order({ ...NAME, tenantId: 'globex' })).toEqual({ ok: true, value: 0 });
    await background.cancel({ tenantId: 'acme', id: 'resp_x1' });
    expect(await order()).toEqual({ ok: true, value: 999 });
  });
});
