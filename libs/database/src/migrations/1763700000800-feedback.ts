import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people and checks thought of answers. Who was asked, and about what, is kept here too: traces do not stay as long. */
export class Feedback1763700000800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE feedback (
        id         uuid PRIMARY KEY,
        at         timestamptz NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        trace_id   uuid NOT NULL,
        tenant     text NOT NULL,
        user_name  text,
        key_id     text NOT NULL,
        model      text,
        task       text,
        score      real NOT NULL CHECK (score BETWEEN -1 AND 1),
        comment    text,
        source     text NOT NULL CHECK (source IN ('app', 'signal', 'console')),
        UNIQUE (trace_id, key_id)
      )`);
    await runner.query('CREATE INDEX feedback_tenant_at ON feedback (tenant, at)');
    await runner.query('CREATE INDEX feedback_changed_at ON feedback (changed_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE feedback');
  }
}
