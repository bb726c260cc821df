import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who holds a provider's batch, by a token that each statement about it says; what was uploaded for it; whether its provider may have it
 * without the relay knowing by what name. What is to be done next is found by index: lines that were gathered, batches that are owed an end.
 */
export class HoldersOfProviderBatches1763900030300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE provider_batches ADD COLUMN holder uuid, ADD COLUMN protocol text,
         ADD COLUMN files jsonb NOT NULL DEFAULT '[]', ADD COLUMN unsure boolean NOT NULL DEFAULT false`,
    );
    await runner.query('CREATE INDEX provider_batches_due ON provider_batches (next_at) WHERE ended_at IS NULL');
    await runner.query(
      'CREATE INDEX offloaded_lines_gathered ON offloaded_lines (batch_id) WHERE provider_batch IS NULL AND NOT returned',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX offloaded_lines_gathered');
    await runner.query('DROP INDEX provider_batches_due');
    await runner.query(
      'ALTER TABLE provider_batches DROP COLUMN holder, DROP COLUMN protocol, DROP COLUMN files, DROP COLUMN unsure',
    );
  }
}
