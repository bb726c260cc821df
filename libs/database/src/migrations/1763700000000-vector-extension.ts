import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Only a superuser, or whoever installed the extension as trusted, may create it; then a person has to. */
const INSUFFICIENT_PRIVILEGE = '42501';
/** pgvector is not installed on the server. */
const UNDEFINED_FILE = '58P01';
const FEATURE_NOT_SUPPORTED = '0A000';

const ADVICE: Readonly<Record<string, string>> = {
  [INSUFFICIENT_PRIVILEGE]:
    'The database user may not create the extension "vector". Run once as a superuser, connected to the relay\'s database: CREATE EXTENSION vector;',
  [UNDEFINED_FILE]:
    'pgvector is not installed on the PostgreSQL server. Install pgvector 0.8 or newer there and start the relay again.',
  [FEATURE_NOT_SUPPORTED]:
    'pgvector is not installed on the PostgreSQL server. Install pgvector 0.8 or newer there and start the relay again.',
};

export class VectorExtension1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Asking first spares a user without rights the error when somebody has created it already.
    const present = (await runner.query(`SELECT 1 FROM pg_extension WHERE extname = 'vector'`)) as unknown[];
    if (present.length > 0) return;
    try {
      await runner.query('CREATE EXTENSION vector');
    } catch (error) {
      const advice = ADVICE[(error as { code?: string }).code ?? ''];
      throw advice ? new Error(advice, { cause: error }) : error;
    }
  }

  /** The extension may be used by others in the same database, so it stays. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
