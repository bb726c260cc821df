import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { checkEncryptionKey } from './encryption-check';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('the check of the encryption key on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_encryption_check')]);

const FIRST = 'the first secret of 32 characters';
const SECOND = 'the second secret of 32 characters';

describe.each(backends)('the check of the encryption key on %s', (_name, open) => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await open()), 60_000);
  afterAll(() => database.close());
  beforeEach(() => database.dataSource.query('TRUNCATE encryption_check'));

  const check = (secret?: string, previous?: string[]) =>
    checkEncryptionKey(database.dataSource, {
      RELAY_ENCRYPTION_KEY: secret,
      RELAY_ENCRYPTION_KEY_PREVIOUS: previous,
    });

  it('has nothing against a relay without a key, as long as none was used', async () => {
    expect(await check()).toBeNull();
    expect(await check(FIRST)).toBeNull();
    expect(await check(FIRST)).toBeNull();
    const refused = await check();
    expect(refused).toMatchObject({ file: 'environment', path: 'RELAY_ENCRYPTION_KEY' });
    expect(refused?.found).toMatch(/^nothing, and data in the database that is sealed/);
  });

  it('refuses another key, without telling any', async () => {
    await check(FIRST);
    const refused = await check(SECOND);
    expect(refused?.found).toMatch(/another secret than the data/);
    expect(refused?.allowed).toContain('RELAY_ENCRYPTION_KEY_PREVIOUS');
    expect(JSON.stringify(refused)).not.toMatch(/the (first|second) secret/);
  });

  it('takes a new key beside the old one, and from then on the new one alone', async () => {
    await check(FIRST);
    expect(await check(SECOND, [FIRST])).toBeNull();
    expect(await check(SECOND)).toBeNull();
    expect(await check(FIRST)).not.toBeNull();
    expect(await check(FIRST, [SECOND])).toBeNull();
  });

  it('is left by one of several that start together', async () => {
    const both = await Promise.all([check(FIRST), check(SECOND)]);
    expect(both.filter((problem) => problem === null)).toHaveLength(1);
  });
});
