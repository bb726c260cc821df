import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers that are found by the meaning of a prompt. Where one may be served is equality of `scope_id`; vectors of different
 * embedders lie side by side, so `embedding` has no fixed dimensions and its indexes (made per large scope, by the cache's
 * maintenance) cast it. Of a prompt either the text is kept or, with an encryption key, its sealed form.
 *
 * Hits are counted apart: an update of a wide row writes its vector anew, into every index on it.
 */
export class SemanticEntries1763700001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE semantic_entries (
        id             uuid PRIMARY KEY,
        scope_id       text NOT NULL,
        owner          text NOT NULL,
        evidence       text NOT NULL,
        embedder_id    text NOT NULL,
        dimensions     smallint NOT NULL,
        embedding      halfvec NOT NULL,
        prompt         text,
        sealed_prompt  bytea,
        answer         bytea,
        answer_id      uuid,
        codec          smallint,
        exact_key      text NOT NULL,
        key_id         text NOT NULL,
        labels         text[] NOT NULL,
        alias_of       uuid REFERENCES semantic_entries ON DELETE CASCADE,
        model          text,
        served_model   text NOT NULL,
        provider       text NOT NULL,
        source_trace   text NOT NULL,
        cost_usd       numeric,
        created_at     timestamptz NOT NULL,
        expires_at     timestamptz NOT NULL,
        stale_until    timestamptz NOT NULL,
        epoch          bigint NOT NULL,
        status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'quarantined')),
        min_similarity real,
        bytes          integer NOT NULL,
        UNIQUE (scope_id, exact_key),
        CHECK (num_nonnulls(prompt, sealed_prompt) = 1),
        CHECK (num_nonnulls(alias_of, answer) = 1),
        CHECK (num_nulls(answer, answer_id, codec) IN (0, 3))
      )`);
    // A scan of a scope compares every vector of it: they stay in the row, what is seldom read goes out of line first.
    await runner.query(
      'ALTER TABLE semantic_entries ALTER embedding SET STORAGE MAIN, ALTER answer SET STORAGE EXTERNAL',
    );
    await runner.query('CREATE INDEX semantic_entries_scope ON semantic_entries (scope_id, embedder_id, dimensions)');
    await runner.query('CREATE INDEX semantic_entries_owner ON semantic_entries (owner, status)');
    await runner.query('CREATE INDEX semantic_entries_expires_at ON semantic_entries (expires_at)');
    // For maintenance, which seldom finds any: entries of other embedders than the one in force, and in formats of before.
    await runner.query('CREATE INDEX semantic_entries_embedder ON semantic_entries (embedder_id, id)');
    await runner.query('CREATE INDEX semantic_entries_codec ON semantic_entries (codec) WHERE codec IS NOT NULL');
    await runner.query(
      'CREATE INDEX semantic_entries_alias_of ON semantic_entries (alias_of) WHERE alias_of IS NOT NULL',
    );
    await runner.query('CREATE INDEX semantic_entries_labels ON semantic_entries USING gin (labels)');
    await runner.query(`
      CREATE TABLE semantic_hits (
        entry_id    uuid PRIMARY KEY REFERENCES semantic_entries ON DELETE CASCADE,
        hits        bigint NOT NULL,
        last_hit_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE semantic_hits');
    await runner.query('DROP TABLE semantic_entries');
  }
}
