/** The entry $1 (of owner $2, or of any if null) and all that share its answer; what is quarantined already is not counted again. */
export const QUARANTINE_SQL = `
  WITH bad AS (
    SELECT coalesce(alias_of, id) AS source, owner, evidence, embedder_id FROM semantic_entries
    WHERE id = $1 AND ($2::text IS NULL OR owner = $2)
  ), changed AS (
    UPDATE semantic_entries entry SET status = 'quarantined' FROM bad
    WHERE (entry.id = bad.source OR entry.alias_of = bad.source) AND entry.status = 'active'
    RETURNING entry.id
  )
  SELECT owner, evidence, embedder_id AS "embedderId", (SELECT count(*)::int FROM changed) AS entries FROM bad`;

/** Whether an entry has the labels $1. */
export const HOLDS_SQL = 'SELECT EXISTS (SELECT 1 FROM semantic_entries WHERE labels @> $1::text[]) AS holds';

export const TIGHTEN_SQL = `
  UPDATE semantic_entries SET min_similarity = $2 WHERE id = $1 AND (min_similarity IS NULL OR min_similarity < $2)`;

/** Moves the record of the answer that entry $1 gives by $2 of the way towards $3, 1 or 0, from $4 where there is none yet. */
export const RECORD_SQL = `
  UPDATE semantic_entries SET record = coalesce(record, $4::real) + $2::real * ($3::real - coalesce(record, $4::real))
  WHERE id = (SELECT coalesce(alias_of, id) FROM semantic_entries WHERE id = $1)`;
