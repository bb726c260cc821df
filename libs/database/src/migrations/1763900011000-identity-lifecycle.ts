import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a key may use and what took its place, when sessions of a user ended, and how the audit log is searched. */
export class IdentityLifecycle1763900011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_keys
        ADD COLUMN models     text[],
        ADD COLUMN limits     jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN rotated_to uuid`);
    await runner.query('ALTER TABLE users ADD COLUMN sessions_ended_at timestamptz');
    await runner.query('CREATE INDEX audit_log_actor_id ON audit_log (actor_id, seq)');
    await runner.query('CREATE INDEX audit_log_actor_email ON audit_log (actor_email, seq)');
    await runner.query('CREATE INDEX audit_log_action ON audit_log (action, seq)');
    await runner.query('CREATE INDEX audit_log_target ON audit_log (target, seq)');
    await runner.query('CREATE INDEX audit_log_at ON audit_log (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['actor_id', 'actor_email', 'action', 'target', 'at'])
      await runner.query(`DROP INDEX audit_log_${column}`);
    await runner.query('ALTER TABLE users DROP COLUMN sessions_ended_at');
    await runner.query('ALTER TABLE api_keys DROP COLUMN models, DROP COLUMN limits, DROP COLUMN rotated_to');
  }
}
