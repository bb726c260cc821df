import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';

/** The database that is there to lay traces in, for `describe.each`. */
export function traceDatabases(what: string, name: string): [string, () => Promise<TestDatabase>][] {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return [['PostgreSQL', () => openPostgres(url, name)]];
  saySkipped(`${what} on PostgreSQL, because TEST_DATABASE_URL is not set`);
  return [['PGlite', openEmbedded]];
}
