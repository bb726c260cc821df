import type { Environment } from '@relay/config';
import { EmbeddedPostgres } from './embedded-postgres';

/** Injection token: the `EmbeddedPostgres` of this process, or null when DATABASE_URL names a server. */
export const EMBEDDED_POSTGRES = Symbol('EMBEDDED_POSTGRES');

/** Databases that were started before the application asked for them, by data folder. */
const warm = new Map<string, EmbeddedPostgres>();

/**
 * Starts the embedded database, if there is to be one, without waiting for it: its thread then works while the rest of the
 * application is being put together. Throws `DataDirInUseError` at once if another relay holds the folder.
 */
export function warmUpDatabase(environment: Pick<Environment, 'DATABASE_URL' | 'RELAY_DATA_DIR'>): void {
  if (environment.DATABASE_URL || warm.has(environment.RELAY_DATA_DIR)) return;
  warm.set(environment.RELAY_DATA_DIR, new EmbeddedPostgres(environment.RELAY_DATA_DIR));
}

/** The embedded database, warm or newly started; null when DATABASE_URL names a server. */
export function takeEmbeddedPostgres(
  environment: Pick<Environment, 'DATABASE_URL' | 'RELAY_DATA_DIR'>,
): EmbeddedPostgres | null {
  if (environment.DATABASE_URL) return null;
  const dataDir = environment.RELAY_DATA_DIR;
  const database = warm.get(dataDir) ?? new EmbeddedPostgres(dataDir);
  warm.delete(dataDir);
  return database;
}
