import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions of policies. Published ones are history and never change; at most one of all is in force. */
export class PolicyVersions1763700000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Numbers are given out once, also those of drafts that were discarded.
    await runner.query('CREATE TABLE policy_names (name text PRIMARY KEY, last_version integer NOT NULL)');
    await runner.query(`
      CREATE TABLE policy_versions (
        id           uuid PRIMARY KEY,
        name         text NOT NULL,
        version      integer NOT NULL,
        status       text NOT NULL CHECK (status IN ('draft', 'published', 'superseded')),
        source       text NOT NULL,
        document     jsonb NOT NULL,
        digest       text NOT NULL,
        note         text,
        based_on     uuid REFERENCES policy_versions,
        created_by   text NOT NULL,
        created_at   timestamptz NOT NULL,
        published_by text,
        published_at timestamptz,
        UNIQUE (name, version)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX policy_versions_published ON policy_versions (status) WHERE status = 'published'`,
    );
    await runner.query('CREATE INDEX policy_versions_version ON policy_versions (version)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE policy_versions, policy_names');
  }
}
