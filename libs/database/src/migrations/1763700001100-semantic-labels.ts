import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was seen of pairs of a prompt and its neighbour: from it follows how near a neighbour has to be. */
export class SemanticLabels1763700001100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE semantic_labels (
        id         uuid PRIMARY KEY,
        evidence   text COLLATE "C" NOT NULL,
        embedder   text NOT NULL,
        similarity real NOT NULL,
        correct    boolean NOT NULL,
        weight     real NOT NULL CHECK (weight >= 1),
        source     text NOT NULL CHECK (source IN ('miss', 'hit', 'bad-hit')),
        entry_id   text NOT NULL,
        at         timestamptz NOT NULL,
        writer     uuid NOT NULL,
        stored_at  timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await runner.query('CREATE INDEX semantic_labels_class ON semantic_labels (evidence, embedder, at, id)');
    await runner.query('CREATE INDEX semantic_labels_at ON semantic_labels (at)');
    await runner.query('CREATE INDEX semantic_labels_stored_at ON semantic_labels (stored_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE semantic_labels');
  }
}
