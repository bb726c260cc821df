import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who did what to the relay. Each entry hashes the one before it, and the table refuses to change or to lose entries, so
 * that whoever wants to rewrite it has to be an owner of the database and to rewrite all that came after as well.
 */
export class AuditLog1763700000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_log (
        seq         bigint PRIMARY KEY,
        at          timestamptz NOT NULL,
        actor_id    text NOT NULL,
        actor_email text NOT NULL,
        action      text NOT NULL,
        target      text NOT NULL,
        detail      jsonb NOT NULL,
        prev_hash   text NOT NULL,
        hash        text NOT NULL
      )`);
    await runner.query(`
      CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_log is append-only';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
      FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_log');
    await runner.query('DROP FUNCTION audit_log_is_append_only');
  }
}
