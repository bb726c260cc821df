import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Entries of tenants that switched the keeping of payloads off: served as others, shown to nobody. */
export class HiddenEntries1763900034000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries ADD COLUMN hidden boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries DROP COLUMN hidden');
  }
}
