import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The Idempotency-Key that a response in the background was ordered with, and a hash of the order: the same one is not ordered twice. */
export class ResponsesOnce1763900036000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE responses ADD COLUMN once_key text, ADD COLUMN once_print text');
    await runner.query(
      'CREATE INDEX responses_once ON responses (tenant_id, key_id, once_key, created_at) WHERE once_key IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX responses_once');
    await runner.query('ALTER TABLE responses DROP COLUMN once_key, DROP COLUMN once_print');
  }
}
