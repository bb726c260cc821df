import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files that tenants upload, in chunks, and batches of requests that are read from one and answered into others. Lines are handed out by
 * lease: who dies with one loses it when the time is up. They go when the batch has ended: the files tell what came of it.
 */
export class Batches1763900002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE files (
        id         text PRIMARY KEY,
        tenant_id  text NOT NULL,
        filename   text NOT NULL,
        purpose    text NOT NULL,
        status     text NOT NULL,
        bytes      bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        expires_at timestamptz
      )`);
    await runner.query('CREATE INDEX files_of_tenant ON files (tenant_id, id) INCLUDE (bytes)');
    await runner.query(`CREATE INDEX files_unfinished ON files (created_at) WHERE status <> 'processed'`);
    await runner.query('CREATE INDEX files_expiring ON files (expires_at) WHERE expires_at IS NOT NULL');
    await runner.query(`
      CREATE TABLE file_chunks (
        file_id text NOT NULL REFERENCES files (id) ON DELETE CASCADE,
        index   integer NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (file_id, index)
      )`);
    await runner.query(`
      CREATE TABLE batches (
        id             text PRIMARY KEY,
        tenant_id      text NOT NULL,
        key_id         text NOT NULL,
        endpoint       text NOT NULL,
        input_file_id  text NOT NULL,
        output_file_id text,
        error_file_id  text,
        output_seconds integer,
        metadata       jsonb,
        status         text NOT NULL,
        ending         text,
        errors         jsonb,
        total          integer NOT NULL DEFAULT 0,
        completed      integer NOT NULL DEFAULT 0,
        failed         integer NOT NULL DEFAULT 0,
        usage          bigint[] NOT NULL DEFAULT '{0,0,0,0}',
        created_at     timestamptz NOT NULL,
        expires_at     timestamptz NOT NULL,
        in_progress_at timestamptz,
        finalizing_at  timestamptz,
        cancelling_at  timestamptz,
        ended_at       timestamptz
      )`);
    await runner.query('CREATE INDEX batches_of_tenant ON batches (tenant_id, id)');
    await runner.query('CREATE INDEX batches_open ON batches (id) WHERE ended_at IS NULL');
    await runner.query('CREATE INDEX batches_ended ON batches (ended_at) WHERE ended_at IS NOT NULL');
    await runner.query(`
      CREATE TABLE batch_lines (
        batch_id      text NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
        index         integer NOT NULL,
        custom_id     text,
        request       bytea,
        lease_owner   uuid,
        leased_until  timestamptz,
        outcome       text,
        response      bytea,
        error_code    text,
        error_message text,
        PRIMARY KEY (batch_id, index)
      )`);
    await runner.query('CREATE INDEX batch_lines_open ON batch_lines (batch_id, index) WHERE outcome IS NULL');
    await runner.query('CREATE INDEX batch_lines_leased ON batch_lines (lease_owner) WHERE lease_owner IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['batch_lines', 'batches', 'file_chunks', 'files']) await runner.query(`DROP TABLE ${table}`);
  }
}
