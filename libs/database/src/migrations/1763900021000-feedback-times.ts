import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was said lately is asked for once a minute, of all tenants at once. */
export class FeedbackTimes1763900021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX feedback_at ON feedback (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX feedback_at');
  }
}
