import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants and their API keys, users of the console and their sessions. Secrets are stored as hashes only. */
export class Identity1763700000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenants (
        id          text PRIMARY KEY,
        name        text NOT NULL,
        weight      real NOT NULL DEFAULT 1,
        tier        text NOT NULL DEFAULT 'standard',
        tags        text[] NOT NULL DEFAULT '{}',
        models      text[],
        limits      jsonb NOT NULL DEFAULT '{}',
        created_at  timestamptz NOT NULL DEFAULT now(),
        disabled_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE api_keys (
        id           uuid PRIMARY KEY,
        tenant_id    text NOT NULL REFERENCES tenants ON DELETE CASCADE,
        name         text NOT NULL,
        prefix       text NOT NULL,
        hash         bytea NOT NULL UNIQUE,
        scopes       text[] NOT NULL,
        expires_at   timestamptz,
        revoked_at   timestamptz,
        created_at   timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz
      )`);
    await runner.query('CREATE INDEX api_keys_tenant_id ON api_keys (tenant_id)');
    await runner.query(`
      CREATE TABLE users (
        id            uuid PRIMARY KEY,
        email         text NOT NULL,
        password_hash text NOT NULL,
        role          text NOT NULL CHECK (role IN ('owner', 'operator', 'viewer', 'tenant-admin')),
        tenant_id     text,
        created_at    timestamptz NOT NULL DEFAULT now(),
        disabled_at   timestamptz
      )`);
    await runner.query('CREATE UNIQUE INDEX users_email ON users (lower(email))');
    await runner.query(`
      CREATE TABLE refresh_tokens (
        id         uuid PRIMARY KEY,
        user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        hash       bytea NOT NULL UNIQUE,
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      )`);
    await runner.query('CREATE INDEX refresh_tokens_user_id ON refresh_tokens (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refresh_tokens, users, api_keys, tenants');
  }
}
