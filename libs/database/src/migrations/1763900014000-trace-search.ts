import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Longest wait for traffic on the tables: whoever asks of them waits behind this one. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * What finding traces takes, without its indexes, which come in a migration of their own: this one locks the tables, for a moment.
 * `stored_at` orders rows as they came, whenever their requests began, for whoever follows new ones. `detail` takes the place of
 * `attempts`, `stages`, `features`, `scores` and `predicted` in new rows: a third of their bytes (see trace-detail.ts).
 */
export class TraceSearch1763900014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query(`
      ALTER TABLE request_traces
        ADD COLUMN user_name text,
        ADD COLUMN detail    json,
        ADD COLUMN stored_at timestamptz NOT NULL DEFAULT now()`);
    await runner.query('ALTER TABLE request_payloads ADD COLUMN tenant text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query('ALTER TABLE request_payloads DROP COLUMN tenant');
    await runner.query('ALTER TABLE request_traces DROP COLUMN user_name, DROP COLUMN detail, DROP COLUMN stored_at');
  }
}
