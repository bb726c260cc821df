import type { ConfigStore } from '@relay/config';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import type { ResponseName } from './background.store';
import type { ResponseQueue } from './response-queue';
import { ResponseUpkeep } from './response-upkeep';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('upkeep of responses on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_upkeep')]);

const DAY_MS = 86_400_000;

describe.each(backends)('upkeep of responses on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let queued: string[];
  let ranks: Map<string, number>;
  let upkeep: ResponseUpkeep;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    [clock, queued, ranks] = [new FakeClock(), [], new Map()];
    const queue: Partial<ResponseQueue> = {
      add: ({ id }: ResponseName, before = 0) => {
        queued.push(id);
        ranks.set(id, before);
        return Promise.resolve();
      },
    };
    const config = { current: { responses: { retentionDays: 30, maxBytesPerTenant: 1_000 } } } as ConfigStore;
    upkeep = new ResponseUpkeep(database.dataSource, queue as ResponseQueue, config, clock);
    await database.dataSource.query('TRUNCATE responses');
  });

  const insert = async (
    id: string,
    { ageMs = 60_000, bytes = 10, status = 'completed', tenant = 'acme', leaseMs = 0 }: Row,
  ): Promise<void> => {
    const now = clock.now();
    const leasedUntil = leaseMs === 0 ? null : new Date(Date.now() + leaseMs); // by the database's clock
    await database.dataSource.query(
      `INSERT INTO responses (tenant_id, id, status, background, asked, answer, bytes, item_ids, key_id, leased_until, created_at)
       VALUES ($1, $2, $3, true, '', '', $4, '{}', 'k', $5, $6)`,
      [tenant, id, status, bytes, leasedUntil, new Date(now - ageMs)],
    );
  };
  interface Row {
    readonly ageMs?: number;
    readonly bytes?: number;
    readonly status?: string;
    readonly tenant?: string;
    readonly leaseMs?: number;
  }
  const left = async (): Promise<string[]> => {
    const rows: { id: string }[] = await database.dataSource.query('SELECT id FROM responses ORDER BY id');
    return rows.map(({ id }) => id);
  };

  it('removes what is past its time, and nothing that is still being made', async () => {
    await insert('a', { ageMs: 30 * DAY_MS + 1 });
    await insert('b', { ageMs: 30 * DAY_MS });
    await insert('c', { ageMs: 31 * DAY_MS, status: 'queued' });
    await upkeep.run();
    expect(await left()).toEqual(['b', 'c']);
  });

  it('removes the oldest of a tenant that has too many bytes, and of no other', async () => {
    await insert('a', { ageMs: 4, bytes: 500 });
    await insert('b', { ageMs: 3, bytes: 500 });
    await insert('c', { ageMs: 2, bytes: 500 });
    await insert('d', { ageMs: 9, bytes: 1_000, tenant: 'globex' });
    await upkeep.run();
    expect(await left()).toEqual(['b', 'c', 'd']);
  });

  it('puts those into the queue again whose job or worker was lost', async () => {
    await insert('a', { status: 'queued' });
    await insert('b', { status: 'in_progress', leaseMs: -60_000 });
    await insert('c', { status: 'in_progress', leaseMs: 60_000 });
    await insert('d', { status: 'queued', ageMs: 1_000 });
    await insert('e', {});
    await upkeep.run();
    expect(queued.sort()).toEqual(['a', 'b']);
  });

  it('puts all of them back, however many, and those first whose tenant has few', async () => {
    await database.dataSource.query(
      `INSERT INTO responses (tenant_id, id, status, background, asked, answer, bytes, item_ids, key_id, created_at)
       SELECT 'acme', 'resp_' || to_char(n, 'FM0000'), 'queued', true, '', '', 1, '{}', 'k', $1::timestamptz
       FROM generate_series(0, 2100) n`,
      [new Date(clock.now() - 60_000)],
    );
    await insert('resp_theirs', { status: 'queued', tenant: 'globex' });
    await upkeep.run();
    expect(new Set(queued).size).toBe(2_102);
    expect(['resp_0000', 'resp_2100', 'resp_theirs'].map((id) => ranks.get(id))).toEqual([0, 2_100, 0]);
  });
});
