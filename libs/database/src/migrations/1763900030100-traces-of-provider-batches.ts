import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trace of a line that came back: chosen with its answer, so that whoever answers the line again writes the same trace. */
export class TracesOfProviderBatches1763900030100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE offloaded_lines ADD COLUMN trace_id text, ADD COLUMN back_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE offloaded_lines DROP COLUMN trace_id, DROP COLUMN back_at');
  }
}
