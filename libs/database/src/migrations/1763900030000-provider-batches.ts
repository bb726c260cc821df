import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lines of batches that wait in batches of their provider: what it is asked, which of its batches has it, what it answered. A line that is
 * away is handed out to nobody; one that came back without an answer does not go again.
 */
export class ProviderBatches1763900030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE provider_batches (
        id           uuid PRIMARY KEY,
        batch_id     text NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
        provider     text NOT NULL,
        model        text NOT NULL,
        state        text NOT NULL,
        upstream     jsonb,
        lines        integer NOT NULL,
        tries        integer NOT NULL DEFAULT 0,
        polls        integer NOT NULL DEFAULT 0,
        next_at      timestamptz NOT NULL,
        leased_until timestamptz,
        reason       text,
        created_at   timestamptz NOT NULL,
        ended_at     timestamptz
      )`);
    await runner.query('CREATE INDEX provider_batches_open ON provider_batches (batch_id) WHERE ended_at IS NULL');
    await runner.query(`
      CREATE TABLE offloaded_lines (
        batch_id       text NOT NULL,
        index          integer NOT NULL,
        provider_batch uuid,
        provider       text NOT NULL,
        model          text NOT NULL,
        upstream_model text NOT NULL,
        body           bytea,
        bytes          integer NOT NULL,
        digest         text NOT NULL,
        seed_id        text NOT NULL,
        expected_usd   double precision NOT NULL,
        asked_at       timestamptz NOT NULL,
        returned       boolean NOT NULL DEFAULT false,
        status         integer,
        result         bytea,
        PRIMARY KEY (batch_id, index),
        FOREIGN KEY (batch_id, index) REFERENCES batch_lines (batch_id, index) ON DELETE CASCADE
      )`);
    await runner.query(
      'CREATE INDEX offloaded_lines_of ON offloaded_lines (provider_batch) WHERE provider_batch IS NOT NULL',
    );
    await runner.query('ALTER TABLE batch_lines ADD COLUMN away boolean NOT NULL DEFAULT false');
    await runner.query('DROP INDEX batch_lines_open');
    await runner.query('CREATE INDEX batch_lines_open ON batch_lines (batch_id, away, index) WHERE outcome IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX batch_lines_open');
    await runner.query('ALTER TABLE batch_lines DROP COLUMN away');
    await runner.query('CREATE INDEX batch_lines_open ON batch_lines (batch_id, index) WHERE outcome IS NULL');
    for (const table of ['offloaded_lines', 'provider_batches']) await runner.query(`DROP TABLE ${table}`);
  }
}
