import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers that clients can come back to, with what was asked; `asked` and `answer` are sealed where there is an encryption key. Of one
 * that is made in the background also how far it is: who works on it (`owner`, until `leased_until`) and until when it is of use.
 */
export class Responses1763900001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE responses (
        tenant_id    text NOT NULL,
        id           text NOT NULL,
        status       text NOT NULL,
        background   boolean NOT NULL,
        previous_id  text,
        asked        bytea NOT NULL,
        answer       bytea NOT NULL,
        bytes        integer NOT NULL,
        item_ids     text[] NOT NULL,
        key_id       text NOT NULL,
        headers      jsonb,
        owner        text,
        leased_until timestamptz,
        attempts     integer NOT NULL DEFAULT 0,
        expires_at   timestamptz,
        created_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`);
    await runner.query(`CREATE INDEX responses_age ON responses (created_at)`);
    await runner.query(`CREATE INDEX responses_kept ON responses (tenant_id, created_at DESC) INCLUDE (bytes)`);
    await runner.query(`CREATE INDEX responses_items ON responses USING gin (item_ids)`);
    await runner.query(
      `CREATE INDEX responses_open ON responses (owner, tenant_id) WHERE status IN ('queued', 'in_progress')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE responses');
  }
}
