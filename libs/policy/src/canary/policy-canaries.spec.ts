import { startCanarySchema, type PolicyCanary } from '@relay/contracts';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { planned } from '../../test/planned';
import {
  ANN,
  BOB,
  configWith,
  done,
  policyText,
  refused,
  routeTo,
  startVersions,
  type VersionsKit,
} from '../../test/versions-kit';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('canaries of policies on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_canaries')]);

const POLL_MS = 1_000;
const USERS = Array.from({ length: 400 }, (_value, i) => `user-${i}`);

describe.each(backends)('a canary on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let kit: VersionsKit;
  let others: VersionsKit[];

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE policy_canaries, policy_versions, policy_names');
    clock = new FakeClock();
    others = [];
    kit = await startVersions(database.dataSource, clock);
  });
  afterEach(() => Promise.all([kit, ...others].map(({ app }) => app.close())));

  const another = async (models?: readonly string[]): Promise<VersionsKit> => {
    const started = await startVersions(database.dataSource, clock, configWith(models));
    others.push(started);
    return started;
  };
  const poll = async (): Promise<void> => {
    clock.advance(POLL_MS);
    await Promise.all([kit, ...others].map(({ published }) => published.idle()));
  };
  const draft = async (source = policyText(10)): Promise<string> => {
    const { name, version } = await done(kit.drafts.create(ANN, { source }));
    return `${name}@${version}`;
  };
  const publish = async (source?: string): Promise<string> => {
    const ref = await draft(source);
    await done(kit.releases.publish(ANN, ref, {}));
    return ref;
  };
  const start = (ref: string, body: object = {}): Promise<PolicyCanary> =>
    done(kit.canaries.start(ANN, ref, startCanarySchema.parse({ share: 0.2, ...body })));
  const policyOf = (user: string, process = kit): string => planned(process.policies, { user }).document.policy;
  const sharesOf = (process = kit): string[] => USERS.map((user) => policyOf(user, process));
  const statusOf = async (ref: string): Promise<string> => (await done(kit.versions.get(ref))).status;

  it('plans its share of the users, always the same ones, in every process, now and after a restart', async () => {
    const second = await another();
    await start(await draft());
    const policies = sharesOf();
    const tried = policies.filter((policy) => policy === 'default@8').length;
    expect(tried).toBeGreaterThan(USERS.length * 0.14);
    expect(tried).toBeLessThan(USERS.length * 0.26);
    expect(policies.filter((policy) => policy === 'default@7')).toHaveLength(USERS.length - tried);
    await poll();
    expect(sharesOf(second)).toEqual(policies);
    expect(sharesOf(await another())).toEqual(policies);
  });

  it('keeps those it was tried on when it goes on with a larger share, and adds others', async () => {
    const ref = await draft();
    await start(ref);
    const before = sharesOf();
    await done(kit.canaries.stop(ANN, {}));
    expect(new Set(sharesOf())).toEqual(new Set(['default@7']));
    await start(ref, { share: 0.5 });
    const after = sharesOf();
    expect(before.every((policy, i) => policy === 'default@7' || after[i] === policy)).toBe(true);
    expect(after.filter((policy) => policy === ref).length).toBeGreaterThan(USERS.length * 0.4);
  });

  it.each([
    ['tenant', { tenant: 't-1' }, ['user', 'key', 'seed']],
    ['key', { key: 'k-1' }, ['user', 'seed']],
    ['request', { seed: 1 }, ['user', 'key', 'tenant']],
  ] as const)('by %s is the same whatever else differs', async (unit, fixed, varied) => {
    await start(await draft(), { unit, share: 0.5 });
    const policies = Array.from({ length: 20 }, (_value, i) => {
      const others = Object.fromEntries(varied.map((name) => [name, name === 'seed' ? i : `${name}-${i}`]));
      return planned(kit.policies, { ...others, ...fixed }).document.policy;
    });
    expect(new Set(policies).size).toBe(1);
  });

  it('shares no answers with what is in force, unless both would give the same', async () => {
    const signatureOf = (user: string): string => planned(kit.policies, { user }).document.signature;
    const split = (): Record<'tried' | 'others', string> => {
      const tried = USERS.find((user) => policyOf(user) !== 'default@7') ?? '';
      const others = USERS.find((user) => policyOf(user) === 'default@7') ?? '';
      return { tried: signatureOf(tried), others: signatureOf(others) };
    };
    await start(await draft(policyText(10)));
    expect(split().tried).not.toBe(split().others);
    await done(kit.canaries.stop(ANN, {}));
    await start(await draft('name: default\nversion: 1\ndefaults: { deadlineMs: 9000 }\n'));
    expect(split().tried).toBe(split().others);
  });

  it('is promoted: everybody is planned by it, and it is published', async () => {
    const second = await another();
    const ref = await draft();
    await start(ref, { note: 'shorter' });
    expect(await statusOf(ref)).toBe('canary');
    const published = await done(kit.canaries.promote(BOB, { note: 'held for a day' }));
    expect(published).toMatchObject({
      version: 8,
      status: 'published',
      publishedBy: BOB.email,
      note: 'held for a day',
    });
    await poll();
    expect(new Set([...sharesOf(), ...sharesOf(second)])).toEqual(new Set([ref]));
    expect((await kit.versions.overview()).canary).toMatchObject({
      ...{ version: ref, against: 'default@7', status: 'promoted', endedBy: BOB.email, reason: 'held for a day' },
    });
  });

  it('is stopped: nobody is planned by it, and what was tried stays as it was', async () => {
    const ref = await draft();
    await start(ref);
    await done(kit.canaries.stop(BOB, { note: 'odd answers' }));
    expect(new Set(sharesOf())).toEqual(new Set(['default@7']));
    expect(await statusOf(ref)).toBe('stopped');
    expect((await refused(kit.drafts.update(ANN, ref, { source: policyText(99) }))).code).toBe('conflict');
    expect((await refused(kit.drafts.discard(ANN, ref))).code).toBe('conflict');
    expect((await refused(kit.releases.publish(ANN, ref, {}))).code).toBe('conflict');
    expect((await kit.versions.overview()).canary).toMatchObject({ status: 'stopped', reason: 'odd answers' });
  });

  it('can be neither changed nor discarded while it runs, and nothing else is published or tried', async () => {
    const ref = await draft();
    const other = await draft(policyText(20));
    await start(ref);
    const attempts = [
      kit.drafts.update(ANN, ref, { source: policyText(99) }),
      kit.drafts.discard(ANN, ref),
      kit.releases.publish(ANN, ref, {}),
      kit.releases.publish(ANN, other, {}),
      kit.canaries.start(ANN, other, startCanarySchema.parse({ share: 0.1 })),
      kit.canaries.start(ANN, ref, startCanarySchema.parse({ share: 0.1 })),
    ];
    for (const attempt of attempts) expect((await refused(attempt)).code).toBe('conflict');
    expect(await statusOf(ref)).toBe('canary');
  });

  it('gives way to going back, and to the file', async () => {
    const first = await publish(policyText(1));
    await publish(policyText(2));
    await start(await draft(policyText(3)));
    await done(kit.releases.rollback(ANN, { version: first }));
    expect(new Set(sharesOf())).toEqual(new Set(['default@11']));
    expect((await kit.versions.overview()).canary).toMatchObject({
      status: 'stopped',
      reason: 'default@8 was rolled back to',
    });
    await start(await draft(policyText(4)));
    await done(kit.releases.unpublish(ANN));
    expect(new Set(sharesOf())).toEqual(new Set(['default@7']));
  });

  it('has to be a draft that could be published, or one that was tried before', async () => {
    const [first, second] = [await publish(policyText(1)), await publish(policyText(2))];
    for (const ref of [first, second]) {
      const { code, message } = await refused(kit.canaries.start(ANN, ref, startCanarySchema.parse({ share: 0.1 })));
      expect({ code, message }).toEqual({ code: 'conflict', message: expect.stringContaining('allowed: a draft') });
    }
    const late = await draft(policyText(3));
    await publish(policyText(4));
    const overtaken = await refused(kit.canaries.start(ANN, late, startCanarySchema.parse({ share: 0.1 })));
    expect(overtaken.message).toContain('was made from default@9, but default@11 is published');
    const unknown = await draft(routeTo('gone'));
    expect((await refused(kit.canaries.start(ANN, unknown, startCanarySchema.parse({ share: 0.1 })))).code).toBe(
      'invalid_request',
    );
    expect((await refused(kit.canaries.start(ANN, 'default@99', startCanarySchema.parse({ share: 0.1 })))).code).toBe(
      'not_found',
    );
    expect((await refused(kit.canaries.promote(ANN, {}))).message).toBe('No canary runs.');
    expect((await refused(kit.canaries.stop(ANN, {}))).message).toBe('No canary runs.');
  });

  it('is not tried under the name of what is in force', async () => {
    const ref = await draft();
    kit.store.current.policy.version = 8; // somebody numbered the file's policy as the draft was numbered before
    expect((await refused(kit.canaries.start(ANN, ref, startCanarySchema.parse({ share: 0.1 })))).message).toContain(
      'as well',
    );
  });

  it('that a process cannot use leaves it to what is in force, and tells why', async () => {
    const ref = await draft(routeTo('large'));
    await start(ref);
    const poorer = await another(['small']);
    expect(new Set(sharesOf(poorer))).toEqual(new Set(['default@7']));
    expect((await poorer.versions.overview()).problems).toEqual([expect.stringMatching(/^canary: .*default@8.*large/)]);
    await done(kit.canaries.stop(ANN, {}));
    await poll();
    expect((await poorer.versions.overview()).problems).toEqual([]);
  });

  it('lies in the log of changes with who began and who ended it', async () => {
    const ref = await draft();
    await start(ref);
    await done(kit.canaries.stop(BOB, {}));
    await start(ref);
    await done(kit.canaries.promote(BOB, {}));
    const { data } = await done(kit.audit.list({ limit: 4 }));
    expect(data.map(({ action, target, actor }) => `${actor.email} ${action} ${target}`).reverse()).toEqual([
      `${ANN.email} policy.canary ${ref}`,
      `${BOB.email} policy.canary-stop ${ref}`,
      `${ANN.email} policy.canary ${ref}`,
      `${BOB.email} policy.promote ${ref}`,
    ]);
  });
});

it.each([0, 0.0009, 0.51, 1, 5, -0.1])('cannot be tried on a share of %p', (share) => {
  expect(startCanarySchema.safeParse({ share }).success).toBe(false);
});

it('is not begun without any guardrail', () => {
  const guardrails = { errorRate: null, p95: null, cost: null, quality: null };
  expect(startCanarySchema.safeParse({ share: 0.1, guardrails }).success).toBe(false);
});
