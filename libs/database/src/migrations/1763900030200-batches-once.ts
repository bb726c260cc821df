import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The Idempotency-Key that a batch was ordered with, and a hash of the order: the same one is not ordered twice. */
export class BatchesOnce1763900030200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE batches ADD COLUMN once_key text, ADD COLUMN once_print text');
    await runner.query(
      'CREATE INDEX batches_once ON batches (tenant_id, key_id, once_key, created_at) WHERE once_key IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX batches_once');
    await runner.query('ALTER TABLE batches DROP COLUMN once_key, DROP COLUMN once_print');
  }
}
