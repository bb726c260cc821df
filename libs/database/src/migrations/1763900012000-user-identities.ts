import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who a user is at identity providers: by issuer and subject, which never change hands, as e-mail addresses may. */
export class UserIdentities1763900012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_identities (
        issuer         text NOT NULL,
        subject        text NOT NULL,
        user_id        uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        email_verified boolean NOT NULL,
        created_at     timestamptz NOT NULL,
        last_login_at  timestamptz NOT NULL,
        PRIMARY KEY (issuer, subject)
      )`);
    await runner.query('CREATE INDEX user_identities_user_id ON user_identities (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_identities');
  }
}
