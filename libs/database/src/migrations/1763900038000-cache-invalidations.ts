import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is void, and how far its copies are removed. `epoch`: answers older than it are void; `tenant`: null where all are concerned. */
export class CacheInvalidations1763900038000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cache_invalidations (
        id             uuid PRIMARY KEY,
        tenant         text,
        named          jsonb NOT NULL,
        epoch          bigint NOT NULL,
        status         text NOT NULL,
        total          integer,
        total_at_least boolean NOT NULL DEFAULT false,
        removed        bigint NOT NULL,
        reason         text,
        created_at     timestamptz NOT NULL,
        ended_at       timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cache_invalidations');
  }
}
