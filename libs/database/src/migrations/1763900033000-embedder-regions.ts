import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Regions of embedders over HTTP that may see an entry's prompt; null: any. Of entries of before nobody knows: none. */
export class EmbedderRegions1763900033000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE semantic_entries ADD COLUMN embedder_regions text[] DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries DROP COLUMN embedder_regions');
  }
}
