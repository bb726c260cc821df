import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';

/** The databases that a store has to work on. */
export function storeBackends(what: string, database: string): [string, () => Promise<TestDatabase>][] {
  const databaseUrl = process.env.TEST_DATABASE_URL;
  const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
  if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, database)]);
  else saySkipped(`${what} on PostgreSQL, because TEST_DATABASE_URL is not set`);
  return backends;
}
