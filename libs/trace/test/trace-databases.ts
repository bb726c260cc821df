import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';

/** Both kinds of database that traces lie in, for `describe.each`; PostgreSQL where there is one. */
export function traceDatabases(what: string, name: string): [string, () => Promise<TestDatabase>][] {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) saySkipped(`${what} on PostgreSQL, because TEST_DATABASE_URL is not set`);
  return [
    ...(url ? [['PostgreSQL', () => openPostgres(url, name)] as [string, () => Promise<TestDatabase>]] : []),
    ['PGlite', openEmbedded],
  ];
}
