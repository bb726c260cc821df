import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What calls of targets took, as sketches of each process, so that others know it too, and the next start. */
export class LatencySketches1763700001300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE latency_sketches (
        process    uuid NOT NULL,
        cell       text NOT NULL,
        windows    text NOT NULL,
        written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (process, cell)
      )`);
    await runner.query('CREATE INDEX latency_sketches_written_at ON latency_sketches (written_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE latency_sketches');
  }
}
