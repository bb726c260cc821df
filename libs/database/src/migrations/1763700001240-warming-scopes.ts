import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Scopes of the API keys that are to find what is asked ahead of need; null: the usual ones. */
export class WarmingScopes1763700001240 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cache_warmings ADD COLUMN scopes text[]');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cache_warmings DROP COLUMN scopes');
  }
}
