import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tags that requests are asked with ahead of need, and why the first of them failed. */
export class WarmingTags1763900037000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE cache_warmings ADD COLUMN tags text[], ADD COLUMN errors jsonb NOT NULL DEFAULT '[]'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cache_warmings DROP COLUMN tags, DROP COLUMN errors');
  }
}
