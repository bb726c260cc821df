import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The labels that an answer came with, at the entry it passed on to; `labels` has them too. Null: the answer is the entry's own, or another's. */
export class AnswerLabels1763900037000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries ADD COLUMN answer_labels text[]');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE semantic_entries DROP COLUMN answer_labels');
  }
}
