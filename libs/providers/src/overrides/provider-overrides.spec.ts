import { Logger } from '@nestjs/common';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import type { TargetMonitor } from '../live/target-monitor.service';
import type { ProviderOverride } from './override-book';
import { OverrideStore } from './override-store';
import { ProviderOverrides } from './provider-overrides.service';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('overrides of providers on PostgreSQL, because TEST_DATABASE_URL is not set');
const MINUTE_MS = 60_000;

describe('overrides of providers in the database', () => {
  let database: TestDatabase;
  const clock = new FakeClock();
  const monitor = { override: () => undefined } as unknown as TargetMonitor;
  let store: OverrideStore;
  let here: ProviderOverrides;

  beforeAll(async () => {
    database = await (databaseUrl ? openPostgres(databaseUrl, 'relay_overrides') : openEmbedded());
    store = new OverrideStore(database.dataSource);
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(() => void (here = new ProviderOverrides(store, monitor, clock)));
  afterEach(() => here.beforeApplicationShutdown());

  const override = (target: string | null, forMs = MINUTE_MS): ProviderOverride => ({
    ...{ provider: 'a', target, mode: 'drain', reason: 'new hardware', by: 'op@example.org' },
    ...{ since: clock.now(), until: clock.now() + forMs },
  });
  const put = (one: ProviderOverride): Promise<void> =>
    database.dataSource.transaction((transaction) => store.put(one, transaction));
  const remove = (target: string | null): Promise<boolean> =>
    database.dataSource.transaction((transaction) => store.remove({ provider: 'a', target }, clock.now(), transaction));

  it('are there after a start, replace each other, and are gone when they are removed', async () => {
    await put(override(null));
    const later = { ...override(null, 2 * MINUTE_MS), mode: 'open' as const };
    await put(later);
    await put(override('up'));
    await here.onModuleInit();
    expect(here.of('a', null)).toEqual(later);
    expect(here.of('a', 'up')).toEqual(override('up'));
    expect([await remove('up'), await remove('up')]).toEqual([true, false]);
    await here.refresh();
    expect([here.of('a', 'up'), here.of('a', null)?.mode]).toEqual([null, 'open']);
    expect(await remove(null)).toBe(true);
  });

  it('end by the clock, and make room for others', async () => {
    await put(override(null));
    await here.refresh();
    clock.advance(MINUTE_MS);
    expect(here.of('a', null)).toBeNull();
    expect(await remove(null)).toBe(false); // it has ended: there is nothing to remove
    await put(override('up'));
    expect(await database.dataSource.query('SELECT target FROM provider_overrides')).toEqual([{ target: 'up' }]);
    await remove('up');
  });

  it('are found by who heard nothing of them', async () => {
    await here.onModuleInit();
    await put(override(null));
    clock.advance(10_000);
    await here.refresh(); // waits for the look that began
    expect(here.of('a', null)?.mode).toBe('drain');
    await remove(null);
  });

  it('hold while the database is away', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await put(override(null));
    await here.refresh();
    const all = jest.spyOn(store, 'all').mockRejectedValue(new Error('away'));
    await here.refresh();
    expect(here.of('a', null)?.mode).toBe('drain');
    all.mockRestore();
    await remove(null);
  });
});
