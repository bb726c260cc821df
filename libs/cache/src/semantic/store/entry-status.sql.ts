/** The entry $1 (of owner $2, or of any if null) and all that share its answer. */
export const QUARANTINE_SQL = `
  WITH bad AS (
    SELECT coalesce(alias_of, id) AS source FROM semantic_entries WHERE id = $1 AND ($2::text IS NULL OR owner = $2)
  )
  UPDATE semantic_entries entry SET status = 'quarantined' FROM bad
  WHERE entry.id = bad.source OR entry.alias_of = bad.source
  RETURNING entry.id, entry.owner, entry.evidence, entry.embedder_id`;

export const TIGHTEN_SQL = `
  UPDATE semantic_entries SET min_similarity = $2 WHERE id = $1 AND (min_similarity IS NULL OR min_similarity < $2)`;
