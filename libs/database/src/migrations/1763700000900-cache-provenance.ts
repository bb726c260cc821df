import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which entry of the cache a request was served from, and what that spared. */
export class CacheProvenance1763700000900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE request_traces
        ADD COLUMN cache_entry text,
        ADD COLUMN similarity  real,
        ADD COLUMN saved_ms    real`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE request_traces DROP COLUMN cache_entry, DROP COLUMN similarity, DROP COLUMN saved_ms',
    );
  }
}
