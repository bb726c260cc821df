export const SAVE_LABELS_SQL = `
  INSERT INTO semantic_labels (id, evidence, embedder, similarity, correct, weight, source, entry_id, at, writer)
  SELECT *, $10::uuid
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::real[], $5::boolean[], $6::real[], $7::text[], $8::text[], $9::timestamptz[])
  ON CONFLICT (id) DO NOTHING`;

const LABEL_COLUMNS = `id, similarity, correct, weight, source, (extract(epoch FROM at) * 1000)::float8 AS at`;

export const LABELS_OF_CLASS_SQL = `
  SELECT ${LABEL_COLUMNS}
  FROM (SELECT * FROM semantic_labels WHERE evidence = $1 AND embedder = $2 ORDER BY at DESC LIMIT $3) newest
  ORDER BY newest.at`;

export const LABELS_SINCE_SQL = `
  SELECT ${LABEL_COLUMNS}, evidence, embedder AS "embedderId", entry_id AS "entryId", stored_at AS "storedAt"
  FROM semantic_labels WHERE stored_at > $1::timestamptz AND writer <> $2::uuid
  ORDER BY stored_at LIMIT $3`;

/** The evidence of a scope is a JSON list that begins with its owner. */
export const CLASSES_SQL = `
  SELECT evidence, embedder AS "embedderId" FROM semantic_labels WHERE starts_with(evidence, $1)
  GROUP BY evidence, embedder ORDER BY max(at) DESC LIMIT $2`;
