import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
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
if (!databaseUrl) saySkipped('versions of policies on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_policies')]);

describe.each(backends)('versions of policies on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let kit: VersionsKit;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database?.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE policy_canaries, policy_versions, policy_names');
    clock = new FakeClock();
    kit = await startVersions(database.dataSource, clock);
  });
  afterEach(() => kit.app.close());

  const draft = (maxTokens: number): Promise<string> =>
    done(kit.drafts.create(ANN, { source: policyText(maxTokens) })).then(({ name, version }) => `${name}@${version}`);
  const publish = async (maxTokens: number): Promise<string> => {
    const ref = await draft(maxTokens);
    await done(kit.releases.publish(ANN, ref, {}));
    return ref;
  };
  const actions = async (): Promise<string[]> => {
    const { data } = await done(kit.audit.list({ limit: 200 }));
    return data.map(({ action, target, actor }) => `${actor.email} ${action} ${target}`).reverse();
  };

  describe('a draft', () => {
    it('gets the next number of its name, above that of the file, in its document and in its text, comments kept', async () => {
      const first = await done(kit.drafts.create(ANN, { source: policyText(10), note: 'smaller' }));
      expect(first).toMatchObject({ name: 'default', version: 8, status: 'draft', note: 'smaller', basedOn: null });
      expect(first).toMatchObject({ createdBy: ANN.email, publishedAt: null, problems: [] });
      expect(first.source).toBe(policyText(10).replace('version: 1', 'version: 8'));
      expect(await draft(11)).toBe('default@9');
      expect(await done(kit.drafts.create(ANN, { source: policyText(1, 'other') }))).toMatchObject({ version: 1 });
    });

    it('may be a document instead of a text', async () => {
      const document = { name: 'default', version: 1, rules: [{ id: 'a', when: 'true', then: {} }] };
      const { source, version } = await done(kit.drafts.create(ANN, { document }));
      expect(source).toContain(`version: ${version}`);
      expect(source).toContain('id: a');
    });

    it('gets a number of its own when many are made at once', async () => {
      const made = await Promise.all(Array.from({ length: 8 }, (_, i) => draft(i + 1)));
      expect(new Set(made).size).toBe(8);
    });

    it('never gets the number of one that was discarded', async () => {
      await draft(10);
      await done(kit.drafts.discard(BOB, 'default@8'));
      expect((await refused(kit.versions.get('default@8'))).code).toBe('not_found');
      expect(await draft(11)).toBe('default@9');
    });

    it('may name models that are not configured yet; that is told, and keeps it from being published', async () => {
      const made = await done(kit.drafts.create(ANN, { source: routeTo('planned') }));
      expect(made.problems).toEqual([
        expect.objectContaining({
          line: 3,
          found: '"planned"',
          severity: 'error',
          path: 'defaults.route.candidates[0]',
        }),
      ]);
      const error = await refused(kit.releases.publish(ANN, 'default@8', {}));
      expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('"planned"') });
      expect(kit.inForce()).toBe('default@7');
      kit.store.replace(configWith(['planned']));
      await done(kit.releases.publish(ANN, 'default@8', {}));
      expect(kit.inForce()).toBe('default@8');
    });

    it('may name providers, regions and fallbacks that are not configured yet', async () => {
      const route = 'candidates: [small], fallbacks: [planned], providers: [planned], regions: [moon]';
      const source = `name: default\nversion: 1\ndefaults: { route: { ${route} } }\n`;
      const made = await done(kit.drafts.create(ANN, { source }));
      expect(made.problems.map(({ found }) => found)).toEqual(['"planned"', '"planned"', '"moon"']);
    });

    it('is refused with every problem if it is no policy', async () => {
      const source = 'name: default\nversion: 1\ncolour: red\nrules:\n  - { id: a, when: "features.nope == 1" }\n';
      const error = await refused(kit.drafts.create(ANN, { source }));
      expect(error).toMatchObject({ code: 'invalid_request', param: 'source' });
      expect(error.message).toContain('3:1: colour');
      expect(error.message).toContain('rules[0]');
      expect((await done(kit.versions.list({ limit: 10 }))).data).toEqual([]);
    });

    it.each([
      ['text that is no YAML', 'name: [', 'invalid_request'],
      ['an alias bomb', bomb(), 'invalid_request'],
      ['10 MB', `# ${'x'.repeat(10_000_000)}`, 'body_too_large'],
      ['a file to include', `include: [/etc/passwd]\n${policyText(1)}`, 'invalid_request'],
      ['two documents', `${policyText(1)}---\n${policyText(2)}`, 'invalid_request'],
      ['U+0000 in an escape', `${policyText(1)}description: "a\\0b"\n`, 'invalid_request'],
      ['half a surrogate pair', `${policyText(1)}description: "a\\ud83d"\n`, 'invalid_request'],
      ['nothing', '', 'invalid_request'],
    ])('is refused if it is %s', async (_what, source, code) => {
      expect(await refused(kit.drafts.create(ANN, { source }))).toMatchObject({ code });
    });

    it('changes its text and keeps its name and number', async () => {
      await draft(10);
      const digest = (await done(kit.versions.get('8'))).digest;
      const changed = await done(kit.drafts.update(BOB, '8', { source: policyText(20), expectedDigest: digest }));
      expect(changed).toMatchObject({ version: 8, createdBy: ANN.email });
      expect(changed.source).toContain('maxTokens: 20');
      expect(changed.digest).not.toBe(digest);
      const late = await refused(kit.drafts.update(ANN, '8', { source: policyText(30), expectedDigest: digest }));
      expect(late).toMatchObject({ code: 'conflict', param: 'expectedDigest' });
      const renamed = await refused(kit.drafts.update(ANN, '8', { source: policyText(30, 'other') }));
      expect(renamed).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('"other"') });
    });

    it('is all that changes: what was published once stays as it is', async () => {
      await publish(10);
      await publish(20);
      for (const ref of ['default@8', 'default@9']) {
        expect((await refused(kit.drafts.update(ANN, ref, { source: policyText(30) }))).code).toBe('conflict');
        expect((await refused(kit.drafts.discard(ANN, ref))).code).toBe('conflict');
        expect((await refused(kit.releases.publish(ANN, ref, {}))).code).toBe('conflict');
      }
    });
  });

  describe('publishing', () => {
    it('puts the version in force before it answers, and the one before aside', async () => {
      expect(kit.inForce()).toBe('default@7');
      await publish(10);
      expect(kit.inForce()).toBe('default@8');
      await publish(20);
      expect(kit.inForce()).toBe('default@9');
      const { data } = await done(kit.versions.list({ limit: 10 }));
      expect(data.map(({ version, status }) => `${version} ${status}`)).toEqual(['9 published', '8 superseded']);
      expect(data[0]).toMatchObject({ publishedBy: ANN.email, basedOn: 'default@8' });
    });

    it('refuses what was made before another was published, until it is made from that', async () => {
      await draft(10);
      await draft(20);
      await done(kit.releases.publish(ANN, '8', {}));
      const error = await refused(kit.releases.publish(BOB, '9', {}));
      expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining('default@8 is published') });
      expect(kit.inForce()).toBe('default@8');
      await done(kit.drafts.update(BOB, '9', { source: policyText(20), basedOn: 'published' }));
      await done(kit.releases.publish(BOB, '9', {}));
      expect(kit.inForce()).toBe('default@9');
    });

    it('lets exactly one of many win', async () => {
      const refs = await Promise.all(Array.from({ length: 6 }, (_, i) => draft(i + 1)));
      const results = await Promise.all(refs.map((ref) => kit.releases.publish(ANN, ref, {})));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      const codes = results.flatMap((result) => (result.ok ? [] : [result.error.code]));
      expect(codes).toEqual(Array.from({ length: 5 }, () => 'conflict'));
      const again = await Promise.all(Array.from({ length: 3 }, () => kit.releases.publish(ANN, refs[0] ?? '', {})));
      expect(again.every(({ ok }) => !ok)).toBe(true);
    });

    it('publishes only what was looked at', async () => {
      await draft(10);
      const seen = (await done(kit.versions.get('latest'))).digest;
      await done(kit.drafts.update(BOB, '8', { source: policyText(99) }));
      expect(await refused(kit.releases.publish(ANN, '8', { expectedDigest: seen }))).toMatchObject({
        code: 'conflict',
      });
      const now = (await done(kit.versions.get('latest'))).digest;
      await done(kit.releases.publish(ANN, '8', { expectedDigest: now }));
      expect(kit.inForce()).toBe('default@8');
    });
  });

  describe('going back', () => {
    it('publishes a copy of the earlier version under a new number', async () => {
      await publish(10);
      await publish(20);
      const back = await done(kit.releases.rollback(BOB, { version: '8' }));
      expect(back).toMatchObject({
        version: 10,
        status: 'published',
        publishedBy: BOB.email,
        note: 'Back to default@8',
      });
      expect(back.digest).toBe((await done(kit.versions.get('8'))).digest);
      expect((await done(kit.versions.get('10'))).source).toBe(policyText(10).replace('version: 1', 'version: 10'));
      expect(kit.inForce()).toBe('default@10');
      expect((await done(kit.versions.list({ limit: 10 }))).data.map(({ status }) => status)).toEqual([
        'published',
        'superseded',
        'superseded',
      ]);
    });

    it('refuses what is in force, what is a draft, and what does not suit the configuration any more', async () => {
      await done(kit.drafts.create(ANN, { source: routeTo('large') }));
      await done(kit.releases.publish(ANN, '8', {}));
      await publish(20);
      await draft(30);
      const codeOf = async (version: string): Promise<string> =>
        (await refused(kit.releases.rollback(ANN, { version }))).code;
      expect(await codeOf('9')).toBe('conflict');
      expect(await codeOf('10')).toBe('conflict');
      expect(await codeOf('99')).toBe('not_found');
      expect(kit.store.replace(configWith(['small']))).toEqual([]);
      expect(await codeOf('8')).toBe('invalid_request');
      expect(kit.inForce()).toBe('default@9');
      expect(await draft(40)).toBe('default@11'); // nothing was left behind
    });

    it('puts the file in force again', async () => {
      await publish(10);
      await done(kit.releases.unpublish(BOB));
      expect(kit.inForce()).toBe('default@7');
      expect(await kit.versions.overview()).toMatchObject({ source: 'file', published: null, agree: true });
      expect((await refused(kit.releases.unpublish(BOB))).code).toBe('conflict');
      await done(kit.releases.rollback(BOB, { version: '8' }));
      expect(kit.inForce()).toBe('default@9');
    });
  });

  it('tells what is in force, where it comes from and whether the file says the same', async () => {
    const path = 'relay.yaml';
    const file = await kit.versions.overview();
    expect(file).toMatchObject({
      name: 'default',
      version: 7,
      source: 'file',
      file: { path, version: 7 },
      agree: true,
    });
    await publish(10);
    expect(await kit.versions.overview()).toMatchObject({
      ...{ name: 'default', version: 8, source: 'database', agree: false, problems: [] },
      ...{ file: file.file, published: { version: 8, status: 'published' } },
    });
    await done(kit.drafts.create(ANN, { source: 'name: default\nversion: 1\n' }));
    await done(kit.releases.publish(ANN, 'latest', {}));
    expect(await kit.versions.overview()).toMatchObject({ version: 9, digest: file.digest, agree: true });
  });

  it('goes by what version and file say now, not by digests of an earlier release', async () => {
    await done(kit.drafts.create(ANN, { source: 'name: default\nversion: 1\n' }));
    await done(kit.releases.publish(ANN, 'latest', {}));
    await database.dataSource.query(
      `UPDATE policy_versions SET document = document - 'features', digest = repeat('0', 64)`,
    );
    expect(await kit.versions.overview()).toMatchObject({ version: 8, agree: true });
    await database.dataSource.query(
      `UPDATE policy_versions SET document = jsonb_set(document, '{defaults}', '{"deadlineMs": 5}')`,
    );
    expect(await kit.versions.overview()).toMatchObject({ version: 8, agree: false });
  });

  it('writes down who did what, with the digests before and after', async () => {
    const from = (await done(kit.audit.list({ limit: 1 }))).data[0]?.seq ?? 0;
    await publish(10);
    await draft(20);
    await done(kit.drafts.update(BOB, '9', { source: policyText(21) }));
    await done(kit.drafts.discard(BOB, '9'));
    await publish(30);
    await done(kit.releases.rollback(BOB, { version: '8' }));
    await done(kit.releases.unpublish(ANN));
    await refused(kit.releases.publish(BOB, '8', {})); // what was refused was not done
    expect((await actions()).slice(from)).toEqual([
      'ann@example.org policy.draft default@8',
      'ann@example.org policy.publish default@8',
      'ann@example.org policy.draft default@9',
      'bob@example.org policy.update default@9',
      'bob@example.org policy.discard default@9',
      'ann@example.org policy.draft default@10',
      'ann@example.org policy.publish default@10',
      'bob@example.org policy.rollback default@11',
      'ann@example.org policy.unpublish default@11',
    ]);
    const [unpublished, rolledBack] = (await done(kit.audit.list({ limit: 2 }))).data;
    const digestOf = async (ref: string): Promise<string> => (await done(kit.versions.get(ref))).digest;
    expect(rolledBack?.detail).toEqual({
      ...{ before: await digestOf('10'), after: await digestOf('8'), replaced: 'default@10', copyOf: 'default@8' },
    });
    expect(unpublished?.detail).toEqual({
      ...{ before: await digestOf('8'), after: (await kit.versions.overview()).file.digest },
    });
    expect(await kit.audit.verifyChain()).toMatchObject({ intact: true });
  });

  it('lists the newest first, page by page, each once, also when a clock is behind', async () => {
    for (let i = 1; i <= 3; i++) await publish(i);
    const late = await startVersions(database.dataSource, new FakeClock(clock.now() - 60_000));
    for (let i = 4; i <= 5; i++) await done(late.drafts.create(ANN, { source: policyText(i) }));
    await late.app.close();
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await done(kit.versions.list({ limit: 2, cursor }));
      seen.push(...page.data.map(({ version }) => version));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([12, 11, 10, 9, 8]);
    expect(await refused(kit.versions.list({ limit: 2, cursor: "'; --" }))).toMatchObject({ param: 'cursor' });
  });

  it('asks for the name where a number alone means several', async () => {
    for (let i = 0; i < 8; i++) await done(kit.drafts.create(ANN, { source: policyText(i + 1, 'other') }));
    await draft(10);
    const error = await refused(kit.versions.get('8'));
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('name@8') });
    expect(await done(kit.versions.get('other@8'))).toMatchObject({ name: 'other' });
    expect((await refused(kit.versions.get('8; DROP TABLE policy_versions'))).code).toBe('invalid_request');
  });

  it('gives the policy of the file as a text that a draft can begin with', async () => {
    const file = await done(kit.versions.get('file'));
    expect(file).toMatchObject({ name: 'default', version: 7, status: 'file', createdAt: null, problems: [] });
    const begun = await done(kit.drafts.create(ANN, { source: file.source }));
    expect(begun.digest).toBe(file.digest);
  });

  it('compares versions as text and rule by rule, also with the file', async () => {
    await publish(10);
    await publish(20);
    const diff = await done(kit.versions.diff({ from: '8', to: 'published' }));
    expect(diff).toMatchObject({ from: 'default@8', to: 'default@9', equal: false, textOf: 'source', fields: [] });
    expect(diff.rules.changed).toEqual([
      { id: 'cap', fields: [{ path: 'then.decoding.maxTokens', from: 10, to: 20 }] },
    ]);
    expect(diff.text).toContain(
      '-    then: { decoding: { maxTokens: 10 } }\n+    then: { decoding: { maxTokens: 20 } }',
    );
    const file = await done(kit.versions.diff({ from: 'file', to: 'published' }));
    expect(file).toMatchObject({ from: 'default@7 (file)', textOf: 'document', rules: { added: ['cap'] } });
    expect(file.text).toContain('+  - id: cap');
    expect((await refused(kit.versions.diff({ from: '8', to: '99' }))).param).toBe('to');
  });
});

/** Nine levels of nine aliases each: 387 million items when written out. */
function bomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(',')}]`);
  return lines.join('\n');
}
