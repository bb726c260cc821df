import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Longest wait for traffic on the table: whoever asks of it waits behind this one. */
const LOCK_TIMEOUT_MS = 5_000;

/** What else was counted of a request, and which price it was charged at. Without a default, so that no row is touched. */
export class Prices1763900003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query(`
      ALTER TABLE request_traces
        ADD COLUMN price_version           text,
        ADD COLUMN cache_write_tokens      integer,
        ADD COLUMN cache_write_hour_tokens integer,
        ADD COLUMN audio_input_tokens      integer,
        ADD COLUMN image_input_tokens      integer,
        ADD COLUMN audio_output_tokens     integer,
        ADD COLUMN image_output_tokens     integer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query(`
      ALTER TABLE request_traces
        DROP COLUMN price_version,
        DROP COLUMN cache_write_tokens,
        DROP COLUMN cache_write_hour_tokens,
        DROP COLUMN audio_input_tokens,
        DROP COLUMN image_input_tokens,
        DROP COLUMN audio_output_tokens,
        DROP COLUMN image_output_tokens`);
  }
}
