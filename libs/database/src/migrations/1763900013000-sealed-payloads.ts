import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Longest wait for traffic on the tables: whoever asks of them waits behind this one. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * What is kept of a request may be sealed: both texts are in `sealed` then, and `request` and `response` are null. `request_digest` (keyed)
 * and `request_chars` tell equal requests of sealed rows; `search_text` holds the words of those in the clear. A tenant's `payloads` are its
 * switches, `{ "keep": false }`. Constant defaults only, so that no row is touched.
 */
export class SealedPayloads1763900013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query(`
      ALTER TABLE request_payloads
        ADD COLUMN sealed         bytea,
        ADD COLUMN request_digest text,
        ADD COLUMN request_chars  integer,
        ADD COLUMN redacted       boolean NOT NULL DEFAULT false,
        ADD COLUMN search_text    text`);
    await runner.query(`ALTER TABLE tenants ADD COLUMN payloads jsonb NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await runner.query('ALTER TABLE tenants DROP COLUMN payloads');
    await runner.query('DELETE FROM request_payloads WHERE sealed IS NOT NULL'); // nobody could read them any more
    await runner.query(`
      ALTER TABLE request_payloads
        DROP COLUMN sealed,
        DROP COLUMN request_digest,
        DROP COLUMN request_chars,
        DROP COLUMN redacted,
        DROP COLUMN search_text`);
  }
}
