import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds the latest requests that were answered from one entry of the cache. By the hash of the entry's id: ids are up to 64 characters,
 * and only hits have one (some 24 bytes each instead of 90). The hash is the one of hash indexes, which stays as it is between versions.
 */
export class HitsOfEntries1763900020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX request_traces_cache_entry ON request_traces (hashtext(cache_entry), at) WHERE cache_entry IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX request_traces_cache_entry');
  }
}
