import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the lines of a batch are to be served, as its order said: tags, user, what may be cached. */
export class BatchHeaders1763900016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE batches ADD COLUMN headers jsonb NOT NULL DEFAULT '{}'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE batches DROP COLUMN headers');
  }
}
