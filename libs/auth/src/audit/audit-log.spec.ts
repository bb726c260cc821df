import type { AuditQuery } from '@relay/contracts';
import type { RelayError } from '@relay/core';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { AuditLog } from './audit-log';
import { type AuditEntry, CHAIN_START } from './chain';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('the audit log on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_audit')]);

const deed = (n: number, detail: AuditEntry['detail'] = { n }): AuditEntry => ({
  actor: { id: 'u-1', email: 'ann@example.org' },
  action: 'thing.change',
  target: `thing-${n}`,
  detail,
});

describe.each(backends)('the audit log on %s', (_name, open) => {
  let database: TestDatabase;
  let log: AuditLog;

  beforeAll(async () => {
    database = await open();
    log = new AuditLog(database.dataSource, new FakeClock());
  }, 60_000);
  afterAll(() => database?.close());

  const append = (entry: AuditEntry): Promise<void> =>
    database.dataSource.transaction((transaction) => log.append(entry, transaction));
  /** What only an owner of the database can do. */
  const tamper = async (sql: string): Promise<void> => {
    await database.dataSource.query('ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only');
    await database.dataSource.query(sql);
    await database.dataSource.query('ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only');
  };
  beforeEach(() => tamper('TRUNCATE audit_log'));

  it('is intact when there is nothing in it', async () => {
    expect(await log.verifyChain()).toEqual({ intact: true, entries: 0, head: CHAIN_START.hash, broken: null });
  });

  it('numbers and chains entries that are appended at once, without a gap', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, n) => append(deed(n))));
    const verified = await log.verifyChain();
    expect(verified).toMatchObject({ intact: true, entries: 12 });
    const listed = await log.list({ limit: 200 });
    if (!listed.ok) throw listed.error;
    expect(listed.value.data.map(({ seq }) => seq)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(listed.value.data[0]?.hash).toBe(verified.head);
  });

  it('keeps nothing of a deed that was not done', async () => {
    const failed = database.dataSource.transaction(async (transaction) => {
      await log.append(deed(1), transaction);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await log.verifyChain()).toMatchObject({ intact: true, entries: 0 });
  });

  it('pages from the newest to the oldest and refuses a cursor that is none', async () => {
    for (let n = 1; n <= 5; n++) await append(deed(n));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await log.list({ limit: 2, cursor });
      if (!page.ok) throw page.error;
      seen.push(...page.value.data.map(({ target }) => target));
      cursor = page.value.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['thing-5', 'thing-4', 'thing-3', 'thing-2', 'thing-1']);
    const refused = (await log.list({ limit: 2, cursor: '1; DROP' })) as { error: RelayError };
    expect(refused.error).toMatchObject({ code: 'invalid_request', param: 'cursor' });
  });

  it('keeps any text and number of a detail as it was hashed', async () => {
    const detail = { text: 'é \u0000 \ud83d 😀 "quoted" \\u0000', small: 1e-7, big: 1e21, none: null, list: [0.1, -0] };
    await append(deed(1, detail));
    expect(await log.verifyChain()).toMatchObject({ intact: true, entries: 1 });
  });

  it('lets nobody change, delete or empty it', async () => {
    await append(deed(1));
    for (const sql of [`UPDATE audit_log SET target = 'x'`, 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
      await expect(database.dataSource.query(sql)).rejects.toThrow('audit_log is append-only');
    }
  });

  it('finds entries by who, what, on what and when', async () => {
    const clock = new FakeClock();
    const timed = new AuditLog(database.dataSource, clock);
    const tell = (actor: string, action: string, target: string): Promise<void> =>
      database.dataSource.transaction((transaction) =>
        timed.append({ actor: { id: actor, email: `${actor}@example.org` }, action, target, detail: {} }, transaction),
      );
    const start = clock.now();
    await tell('ann', 'key.create', 'k1');
    await tell('bob', 'key.revoke', 'k1');
    clock.advance(1_000);
    await tell('ann', 'key_.x', 'k2');
    await tell('ann', 'tenant.update', "it's; DROP TABLE audit_log --");
    const find = async (query: Omit<AuditQuery, 'limit'>): Promise<number[]> => {
      const page = await timed.list({ limit: 200, ...query });
      if (!page.ok) throw page.error;
      return page.value.data.map(({ seq }) => seq);
    };
    const later = new Date(start + 1_000).toISOString();
    expect(await find({ actor: 'ann' })).toEqual([4, 3, 1]);
    expect(await find({ actor: 'BOB@example.org' })).toEqual([2]);
    expect(await find({ action: 'key' })).toEqual([2, 1]);
    expect(await find({ action: 'key.revoke' })).toEqual([2]);
    expect(await find({ target: 'k1', actor: 'ann' })).toEqual([1]);
    expect(await find({ target: "it's; DROP TABLE audit_log --" })).toEqual([4]);
    expect(await find({ from: later })).toEqual([4, 3]);
    expect(await find({ to: later })).toEqual([2, 1]);
    expect(await find({ actor: "' OR true --" })).toEqual([]);
  });

  it('shows that its end was cut off to whoever kept a hash of it', async () => {
    for (let n = 1; n <= 3; n++) await append(deed(n));
    const { head } = await log.verifyChain();
    expect(await log.verifyChain({ head })).toMatchObject({ intact: true, broken: null });
    await append(deed(4));
    expect(await log.verifyChain({ head })).toMatchObject({ intact: true });
    await tamper('DELETE FROM audit_log WHERE seq >= 3');
    expect(await log.verifyChain()).toMatchObject({ intact: true, entries: 2 });
    const broken = { seq: 3, reason: 'head-missing' };
    expect(await log.verifyChain({ head })).toMatchObject({ intact: false, entries: 2, broken });
  });

  it.each([
    ['changed', `UPDATE audit_log SET detail = '{"n": 99}' WHERE seq = 2`, 1, 'changed'],
    ['done by another', `UPDATE audit_log SET actor_email = 'bob@example.org' WHERE seq = 2`, 1, 'changed'],
    ['backdated', `UPDATE audit_log SET at = at - interval '1 ms' WHERE seq = 3`, 2, 'changed'],
    ['removed', 'DELETE FROM audit_log WHERE seq = 2', 1, 'missing'],
    [
      'swapped',
      `UPDATE audit_log SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3); UPDATE audit_log SET seq = -seq WHERE seq < 0`,
      1,
      'changed',
    ],
    [
      'numbered anew after one was removed',
      'DELETE FROM audit_log WHERE seq = 2; UPDATE audit_log SET seq = seq - 1 WHERE seq > 2',
      1,
      'changed',
    ],
  ])('shows that an entry was %s', async (_what, sql, entriesBefore, reason) => {
    for (let n = 1; n <= 3; n++) await append(deed(n));
    for (const statement of sql.split('; ')) await tamper(statement);
    expect(await log.verifyChain()).toMatchObject({
      intact: false,
      entries: entriesBefore,
      broken: { seq: entriesBefore + 1, reason },
    });
  });
});
