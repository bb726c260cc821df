import { createScratchDatabase, type ScratchDatabase } from './scratch-database';

/** The stores that this run was given by the environment. One at a time: there is one scratch database. */
export interface Surroundings {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly facts: Readonly<Record<string, string>>;
  /** Drops the database. */
  stop(): Promise<void>;
}

/** A fresh database where BENCH_DATABASE_URL or TEST_DATABASE_URL says, and the Redis of BENCH_REDIS_URL. */
export async function openSurroundings(): Promise<Surroundings> {
  const server = process.env['BENCH_DATABASE_URL'] ?? process.env['TEST_DATABASE_URL'];
  const redisUrl = process.env['BENCH_REDIS_URL'];
  const database = server === undefined ? null : await createScratchDatabase(server);
  return {
    databaseUrl: database?.url,
    redisUrl,
    facts: facts(database, redisUrl),
    stop: async () => database?.drop(),
  };
}

function facts(database: ScratchDatabase | null, redisUrl: string | undefined): Record<string, string> {
  return {
    'relay database': database ? `PostgreSQL ${database.version}` : 'embedded (PGlite)',
    'relay Redis': redisUrl === undefined ? 'none' : 'yes',
  };
}
