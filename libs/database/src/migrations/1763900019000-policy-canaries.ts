import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions that are tried on a share of the traffic before they are published: at most one at a time. What they were found to be stays. */
export class PolicyCanaries1763900019000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_versions DROP CONSTRAINT policy_versions_status_check');
    await runner.query(`
      ALTER TABLE policy_versions ADD CONSTRAINT policy_versions_status_check
        CHECK (status IN ('draft', 'canary', 'stopped', 'published', 'superseded'))`);
    await runner.query(`
      CREATE TABLE policy_canaries (
        id         uuid PRIMARY KEY,
        version_id uuid NOT NULL REFERENCES policy_versions,
        against    text NOT NULL,
        share      float8 NOT NULL,
        unit       text NOT NULL,
        guardrails jsonb NOT NULL,
        status     text NOT NULL CHECK (status IN ('running', 'promoted', 'stopped')),
        started_by text NOT NULL,
        started_at timestamptz NOT NULL,
        ended_by   text,
        ended_at   timestamptz,
        reason     text,
        judgement  jsonb
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX policy_canaries_running ON policy_canaries (status) WHERE status = 'running'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE policy_canaries');
    await runner.query(`UPDATE policy_versions SET status = 'draft' WHERE status IN ('canary', 'stopped')`);
    await runner.query('ALTER TABLE policy_versions DROP CONSTRAINT policy_versions_status_check');
    await runner.query(`
      ALTER TABLE policy_versions ADD CONSTRAINT policy_versions_status_check
        CHECK (status IN ('draft', 'published', 'superseded'))`);
  }
}
