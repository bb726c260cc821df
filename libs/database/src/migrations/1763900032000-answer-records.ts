import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What judges said of an entry's answer lately, 0 to 1: part of the score that modes which learn go by. Null: nothing yet. */
export class AnswerRecords1763900032000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries ADD COLUMN record real');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries DROP COLUMN record');
  }
}
