import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { renderYaml } from './source-text';
import { ANN, configWith, done, policyText, routeTo, startVersions, type VersionsKit } from '../../test/versions-kit';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('the published policy on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_published')]);

const POLL_MS = 1_000;
const STOP_WAIT_MS = 1_000;
const NEVER = new Promise<never>(() => undefined);

describe.each(backends)('the published policy on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let first: VersionsKit;
  let others: VersionsKit[];
  let isAway: boolean;
  let isSilent: boolean;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE policy_canaries, policy_versions, policy_names');
    clock = new FakeClock();
    others = [];
    isAway = false;
    isSilent = false;
    first = await startVersions(database.dataSource, clock);
  });
  afterEach(() => Promise.all([first, ...others].map(({ app }) => app.close())));

  /** A further process, whose database can be away. */
  async function another(models?: readonly string[]): Promise<VersionsKit> {
    const { dataSource } = database;
    const query: typeof dataSource.query = (...args) => {
      if (isSilent) return NEVER;
      return isAway ? Promise.reject(new Error('Connection terminated')) : dataSource.query(...args);
    };
    const transaction = dataSource.transaction.bind(dataSource);
    const kit = await startVersions({ query, transaction }, clock, configWith(models));
    others.push(kit);
    return kit;
  }

  async function publish(source: string): Promise<void> {
    const { name, version } = await done(first.drafts.create(ANN, { source }));
    await done(first.releases.publish(ANN, `${name}@${version}`, {}));
  }

  /** One poll of every process, to its end. */
  async function poll(): Promise<void> {
    clock.advance(POLL_MS);
    await Promise.all([first, ...others].map(({ published }) => published.idle()));
  }

  it('is taken over by other processes at their next look', async () => {
    const second = await another();
    await publish(policyText(10));
    expect([first.inForce(), second.inForce()]).toEqual(['default@8', 'default@7']);
    await poll();
    expect(second.inForce()).toBe('default@8');
    await publish(policyText(20));
    await poll();
    expect(second.inForce()).toBe('default@9');
    await done(first.releases.unpublish(ANN));
    await poll();
    expect(second.inForce()).toBe('default@7');
  });

  it('says whether the policy of the file says the same', async () => {
    expect(first.published.standing).toBeNull();
    await publish(policyText(10));
    expect(first.published.standing).toBe(
      'default@8 of the database is in force, that of the configuration file differs and is not used',
    );
    await publish(renderYaml(first.store.current.policy));
    expect(first.published.standing).toBe(
      'default@9 of the database is in force, that of the configuration file says the same',
    );
  });

  it('is in force from the first moment of a process that starts later', async () => {
    await publish(policyText(10));
    expect((await another()).inForce()).toBe('default@8');
  });

  it('stays while the database is away, and is looked up again when it is back', async () => {
    const second = await another();
    await publish(policyText(10));
    await poll();
    isAway = true;
    await publish(policyText(20));
    await poll();
    await poll();
    expect(second.inForce()).toBe('default@8');
    isAway = false;
    await poll();
    expect(second.inForce()).toBe('default@9');
  });

  it('is looked for no more after the stop', async () => {
    const second = await another();
    await second.app.close();
    others.length = 0;
    await publish(policyText(10));
    await poll();
    expect(second.inForce()).toBe('default@7');
  });

  it('does not hold up the stop when the database has gone silent', async () => {
    const second = await another();
    await publish(policyText(10));
    isSilent = true;
    clock.advance(POLL_MS); // asks, and is not answered
    const closed = second.app.close();
    others.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(STOP_WAIT_MS);
    await closed;
    expect(second.inForce()).toBe('default@7');
  });

  it('wins over a file that changes, and refuses one that takes away what it needs', async () => {
    await publish(routeTo('large'));
    const renamed = { ...configWith(), policy: { ...configWith().policy, version: 70 } };
    expect(first.store.replace(renamed)).toEqual([]);
    expect(first.inForce()).toBe('default@8');
    expect(first.store.replace(configWith(['small']))).toEqual([
      {
        file: 'database, policy default@8',
        path: 'policy.defaults.route.candidates[0]',
        found: '"large"',
        allowed: 'one of the models: small',
      },
    ]);
    expect(first.store.current).toBe(renamed);
    await done(first.releases.unpublish(ANN));
    expect(first.store.replace(configWith(['small']))).toEqual([]);
  });

  describe('that a process cannot use at its start', () => {
    const problem =
      'database, policy default@10: policy.defaults.route.candidates[0]: found "large"; allowed: one of the models: small';

    it('leaves the newest earlier one in force that it can use, and says so', async () => {
      await publish(policyText(10));
      await publish(routeTo('large'));
      await publish(routeTo('large'));
      const second = await another(['small']);
      expect(second.inForce()).toBe('default@8');
      expect(await second.versions.overview()).toMatchObject({
        source: 'database',
        version: 8,
        published: { version: 10 },
        problems: [problem],
      });
    });

    it('goes by when the earlier ones were published, not by when they were drafted', async () => {
      await done(first.drafts.create(ANN, { source: policyText(10), basedOn: 'file' }));
      await publish(policyText(20));
      await done(first.releases.unpublish(ANN));
      clock.advance(1);
      await done(first.releases.publish(ANN, 'default@8', {}));
      await publish(routeTo('large'));
      expect((await another(['small'])).inForce()).toBe('default@8');
    });

    it('leaves the policy of the file in force if no earlier one can be used either', async () => {
      await publish(routeTo('large'));
      const second = await another(['small']);
      expect(second.inForce()).toBe('default@7');
      expect(await second.versions.overview()).toMatchObject({
        source: 'file',
        published: { version: 8 },
        problems: [problem.replace('@10', '@8')],
      });
    });

    it('comes into force once a reload makes it usable', async () => {
      await publish(policyText(10));
      await publish(routeTo('large'));
      const second = await another(['small']);
      await poll();
      expect(second.inForce()).toBe('default@8');
      expect(second.store.replace(configWith(['small', 'large']))).toEqual([]);
      await poll();
      expect(second.inForce()).toBe('default@9');
      expect((await second.versions.overview()).problems).toEqual([]);
    });

    it.each([
      ['another one is published', () => publish(policyText(20)), 'default@10'],
      ['none is published any more', () => done(first.releases.unpublish(ANN)), 'default@7'],
    ])('is forgotten when %s', async (_what, change, inForce) => {
      await publish(policyText(10));
      await publish(routeTo('large'));
      const second = await another(['small']);
      await change();
      await poll();
      expect(second.inForce()).toBe(inForce);
      expect((await second.versions.overview()).problems).toEqual([]);
    });

    it('is told where this relay does not understand what another one stored', async () => {
      await publish(policyText(10));
      await publish(policyText(20));
      await database.dataSource.query(
        `UPDATE policy_versions SET document = jsonb_set(document, '{colour}', '"red"') WHERE status = 'published'`,
      );
      const second = await another();
      expect(second.inForce()).toBe('default@8');
      const { problems } = await second.versions.overview();
      expect(problems).toEqual([expect.stringMatching(/^database, policy default@9: policy.*colour/)]);
    });
  });

  it('is left alone by a running process that has not what it needs, until its configuration has', async () => {
    const second = await another(['small']);
    await publish(policyText(10));
    await poll();
    await publish(routeTo('large'));
    await poll();
    expect(second.inForce()).toBe('default@8');
    expect((await second.versions.overview()).problems).toEqual([expect.stringContaining('"large"')]);
    expect(second.store.replace(configWith(['small', 'large']))).toEqual([]);
    await poll();
    expect(second.inForce()).toBe('default@9');
    expect((await second.versions.overview()).problems).toEqual([]);
  });
});
