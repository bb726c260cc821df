import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a request's candidates scored, where that differs from its plan, and when a plan was last sent, so that old ones can go. */
export class RequestScores1763700000600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_traces ADD COLUMN scores jsonb');
    await runner.query('ALTER TABLE execution_plans ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now()');
    await runner.query('CREATE INDEX execution_plans_seen_at ON execution_plans (seen_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE execution_plans DROP COLUMN seen_at');
    await runner.query('ALTER TABLE request_traces DROP COLUMN scores');
  }
}
