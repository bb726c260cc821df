import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lines of batches that were told to come again are nobody's until then, and those of one model can be passed over for those of others. */
export class WaitingLines1763900035000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE batch_lines ADD COLUMN not_before timestamptz NOT NULL DEFAULT '-infinity', ADD COLUMN model text`,
    );
    await runner.query('DROP INDEX batch_lines_open');
    await runner.query(
      'CREATE INDEX batch_lines_open ON batch_lines (batch_id, away, not_before, index) WHERE outcome IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX batch_lines_open');
    await runner.query('ALTER TABLE batch_lines DROP COLUMN not_before, DROP COLUMN model');
    await runner.query('CREATE INDEX batch_lines_open ON batch_lines (batch_id, away, index) WHERE outcome IS NULL');
  }
}
