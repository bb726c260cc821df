import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import type { DataSource, EntityManager } from 'typeorm';
import {
  ANN,
  configWith,
  done,
  policyText,
  refused,
  routeTo,
  startVersions,
  type VersionsKit,
} from '../../test/versions-kit';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('changes of policies that fail on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_policy_changes')]);

const CHANGE_TIMEOUT_MS = 4_000;
const TAKE_OVER_TIMEOUT_MS = 1_500;
const MAX_VERSION = 2_147_483_646;

type Query = (sql: string, parameters?: unknown[]) => Promise<unknown>;

/** A database that stops answering at the first query of which `isSilentAt` is true, until `wake`. */
class SleepyDatabase {
  isSilentAt: (sql: string) => boolean = () => false;
  atEnd: () => Promise<unknown> = () => Promise.resolve(); // before a transaction that was committed is told to be
  onFirstLook: (() => void) | null = null;
  readonly asleep: Promise<void>;
  wake: () => void = () => undefined;
  private fallAsleep: () => void = () => undefined;
  private readonly woken: Promise<void>;

  constructor(private readonly dataSource: DataSource) {
    this.asleep = new Promise((resolve) => (this.fallAsleep = resolve));
    this.woken = new Promise((resolve) => (this.wake = resolve));
  }

  readonly query = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    this.onFirstLook?.();
    return this.answer(sql, () => this.dataSource.query(sql, parameters));
  };

  readonly transaction = async <T>(work: (manager: EntityManager) => Promise<T>): Promise<T> => {
    const result = await this.dataSource.transaction((manager) => {
      const query: Query = (sql, parameters) => this.answer(sql, () => manager.query(sql, parameters));
      return work({ query } as EntityManager);
    });
    await this.atEnd();
    return result;
  };

  private async answer(sql: string, ask: () => Promise<unknown>): Promise<unknown> {
    if (this.isSilentAt(sql)) {
      this.fallAsleep();
      await this.woken;
    }
    return ask();
  }
}

describe.each(backends)('a change of policies on %s', (_name, open) => {
  let database: TestDatabase;
  let sleepy: SleepyDatabase;
  let clock: FakeClock;
  let kit: VersionsKit;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE policy_canaries, policy_versions, policy_names');
    clock = new FakeClock();
    sleepy = new SleepyDatabase(database.dataSource);
    kit = await startVersions(sleepy as unknown as DataSource, clock);
  });
  afterEach(() => kit.app.close());

  const draft = (source = policyText(10)): Promise<string> =>
    done(kit.drafts.create(ANN, { source })).then(({ name, version }) => `${name}@${version}`);
  const statuses = async (): Promise<string[]> =>
    (await done(kit.versions.list({ limit: 10 }))).data.map(({ version, status }) => `${version} ${status}`);

  describe('whose database has gone silent', () => {
    it('is given up after seconds, and nothing comes of it when the database answers again', async () => {
      await draft();
      sleepy.isSilentAt = (sql) => sql.includes("SET status = 'published'");
      const published = refused(kit.releases.publish(ANN, 'default@8', {}));
      await sleepy.asleep;
      await clock.advanceAsync(CHANGE_TIMEOUT_MS);
      expect(await published).toMatchObject({
        code: 'unavailable',
        retryAfterSeconds: 5,
        message: expect.stringContaining('nothing was changed'),
      });
      sleepy.isSilentAt = () => false;
      sleepy.wake();
      const again = await kit.releases.publish(ANN, 'default@8', {}); // waits for its turn; a draft still
      expect(again).toMatchObject({ ok: true, value: { status: 'published' } });
      const { data } = await done(kit.audit.list({ limit: 2 }));
      expect(data.map(({ action }) => action)).toEqual(['policy.publish', 'policy.draft']);
    });

    it('may have been made if that was at its end, and says where to look', async () => {
      await draft();
      let isAtEnd = (): void => undefined;
      const atEnd = new Promise<void>((resolve) => (isAtEnd = resolve));
      sleepy.atEnd = () => {
        isAtEnd();
        return new Promise(() => undefined);
      };
      const published = refused(kit.releases.publish(ANN, 'default@8', {}));
      await atEnd;
      await clock.advanceAsync(CHANGE_TIMEOUT_MS);
      expect(await published).toMatchObject({ code: 'unavailable', message: expect.stringContaining('tells whether') });
    });

    it('is told not to be in force here if that was after it', async () => {
      await draft();
      sleepy.isSilentAt = (sql) => sql.startsWith('SELECT (SELECT id FROM policy_versions WHERE');
      const published = refused(kit.releases.publish(ANN, 'default@8', {}));
      await sleepy.asleep;
      clock.advance(TAKE_OVER_TIMEOUT_MS);
      expect(await published).toMatchObject({
        code: 'unavailable',
        retryAfterSeconds: undefined,
        message: expect.stringContaining('not in force in this process'),
      });
      expect(kit.inForce()).toBe('default@7');
      sleepy.wake();
      await kit.published.idle();
      expect(kit.inForce()).toBe('default@8');
    });
  });

  it('is told not to be in force here if a reload took away what it needs meanwhile', async () => {
    await draft(routeTo('large'));
    sleepy.onFirstLook = () => void kit.store.replace(configWith(['small']));
    const error = await refused(kit.releases.publish(ANN, 'default@8', {}));
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringMatching(/^It is done, but.*\n.*"large"/) });
    expect(kit.inForce()).toBe('default@7');
  });

  describe('is refused before anything is done', () => {
    it.each([
      ['no policy', '{"cache": {"exact": {"ttl": null}}}', 'invalid_request', /^default@8 is no policy.*\n.*ttl/],
      ['another policy than its text', '{"deadlineMs": 5}', 'conflict', /^What is stored of default@8 is not/],
    ])('if what is stored is %s', async (_what, defaults, code, message) => {
      await draft();
      await database.dataSource.query(`UPDATE policy_versions SET document = jsonb_set(document, '{defaults}', $1)`, [
        defaults,
      ]);
      const error = await refused(kit.releases.publish(ANN, 'default@8', {}));
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(await statuses()).toEqual(['8 draft']);
      expect(kit.inForce()).toBe('default@7');
    });

    it('if a duration is beyond all bounds', async () => {
      const source = `name: default\nversion: 1\ndefaults: { cache: { exact: { ttl: ${'9'.repeat(400)}d } } }\n`;
      expect(await refused(kit.drafts.create(ANN, { source }))).toMatchObject({ code: 'invalid_request' });
    });

    it('if the earlier version is no policy any more; that can neither be compared nor gone back to', async () => {
      await done(kit.releases.publish(ANN, await draft(), {}));
      await done(kit.releases.publish(ANN, await draft(policyText(20)), {}));
      await database.dataSource.query(
        `UPDATE policy_versions SET document = jsonb_set(document, '{colour}', '"red"') WHERE version = 8`,
      );
      const message = expect.stringMatching(/^default@8 is no policy to this relay:\n.*colour/) as string;
      const back = await refused(kit.releases.rollback(ANN, { version: 'default@8' }));
      expect(back).toMatchObject({ code: 'invalid_request', message });
      const compared = await refused(kit.versions.diff({ from: 'default@8', to: 'file' }));
      expect(compared).toMatchObject({ code: 'invalid_request', param: 'from', message });
      expect(await statuses()).toEqual(['9 published', '8 superseded']);
    });
  });

  describe('whose number would be', () => {
    const startAbove = async (version: number): Promise<void> => {
      await kit.app.close();
      const config = { ...configWith(), policy: { ...configWith().policy, version } };
      kit = await startVersions(database.dataSource, clock, config);
    };

    it('the highest gets it, and can be called by it', async () => {
      await startAbove(MAX_VERSION - 1);
      const label = await draft();
      expect(label).toBe(`default@${MAX_VERSION}`);
      await done(kit.releases.publish(ANN, label, {}));
      expect(kit.inForce()).toBe(label);
    });

    it('above the highest is refused, whoever used that up', async () => {
      await startAbove(MAX_VERSION);
      const message = expect.stringContaining(String(MAX_VERSION)) as string;
      expect(await refused(kit.drafts.create(ANN, { source: policyText(1) }))).toMatchObject({
        ...{ code: 'conflict', param: 'name', message },
      });
      await done(kit.releases.publish(ANN, await draft(policyText(1, 'other')), {}));
      await done(kit.releases.publish(ANN, await draft(policyText(2, 'other')), {}));
      await database.dataSource.query('UPDATE policy_names SET last_version = $1', [MAX_VERSION]);
      for (const refusal of [
        kit.drafts.create(ANN, { source: policyText(3, 'other') }),
        kit.releases.rollback(ANN, { version: 'other@1' }),
      ])
        expect(await refused(refusal)).toMatchObject({ code: 'conflict', message });
      expect(await statuses()).toEqual(['2 published', '1 superseded']);
    });

    it('beyond what the database knows is not found', async () => {
      expect((await refused(kit.versions.get('default@9999999999'))).code).toBe('not_found');
    });
  });
});
