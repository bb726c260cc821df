import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Longest wait for traffic on the table: whoever asks of it waits behind this one. */
const LOCK_TIMEOUT_MS = 5_000;

/** A request without an id of its own has that of its trace, which new rows do not say twice: 37 bytes of 1,009. Rows that are there stay. */
export class TraceRequestIds1763900022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query('ALTER TABLE request_traces ALTER COLUMN request_id DROP NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('UPDATE request_traces SET request_id = id::text WHERE request_id IS NULL');
    await runner.query('ALTER TABLE request_traces ALTER COLUMN request_id SET NOT NULL');
  }
}
