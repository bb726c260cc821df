import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests to be asked ahead of need, and how far that is. A job of the queue names the row; prompts stay here, and go when it has ended. */
export class CacheWarmings1763700001210 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cache_warmings (
        id         uuid PRIMARY KEY,
        tenant     text NOT NULL,
        source     jsonb,
        max_usd    numeric(20, 12),
        status     text NOT NULL,
        total      integer NOT NULL,
        asked      integer NOT NULL DEFAULT 0,
        cached     integer NOT NULL DEFAULT 0,
        failed     integer NOT NULL DEFAULT 0,
        cost_usd   numeric(24, 12) NOT NULL DEFAULT 0,
        reason     text,
        created_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cache_warmings');
  }
}
