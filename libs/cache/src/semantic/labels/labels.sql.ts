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

/**
 * Classes whose evidence lies in [$1, $2), those with the latest label first. Goes from class to class through the index: labels
 * are many, classes few.
 */
export const CLASSES_SQL = `
  WITH RECURSIVE class AS (
    (SELECT evidence, embedder FROM semantic_labels WHERE evidence >= $1 AND evidence < $2 ORDER BY evidence, embedder LIMIT 1)
    UNION ALL
    SELECT next.evidence, next.embedder FROM class CROSS JOIN LATERAL (
      SELECT evidence, embedder FROM semantic_labels
      WHERE (evidence, embedder) > (class.evidence, class.embedder) AND evidence < $2 ORDER BY evidence, embedder LIMIT 1
    ) next
  )
  SELECT class.evidence, class.embedder AS "embedderId" FROM class CROSS JOIN LATERAL (
    SELECT at FROM semantic_labels label WHERE label.evidence = class.evidence AND label.embedder = class.embedder ORDER BY at DESC LIMIT 1
  ) latest
  ORDER BY latest.at DESC LIMIT $3`;

/** Given before $1; $2 at most. */
export const REMOVE_OLD_SQL = `
  DELETE FROM semantic_labels WHERE id IN (SELECT id FROM semantic_labels WHERE at < $1 ORDER BY at LIMIT $2)`;

/**
 * Beyond the $1 newest of their class; $2 at most. Only classes that got labels in the last hour can have become too large. MATERIALIZED:
 * else the planner may look for the newest surplus once for each label (13 s instead of 10 ms with 5,030 labels of one class).
 */
export const REMOVE_SURPLUS_SQL = `
  WITH grown AS (
    SELECT DISTINCT evidence, embedder FROM semantic_labels WHERE stored_at > clock_timestamp() - interval '1 hour'
  ), newest_surplus AS MATERIALIZED (
    SELECT grown.evidence, grown.embedder, label.at, label.id FROM grown CROSS JOIN LATERAL (
      SELECT at, id FROM semantic_labels WHERE evidence = grown.evidence AND embedder = grown.embedder
      ORDER BY at DESC, id DESC OFFSET $1 LIMIT 1
    ) label
  )
  DELETE FROM semantic_labels WHERE id IN (
    SELECT label.id FROM newest_surplus newest JOIN semantic_labels label
      ON label.evidence = newest.evidence AND label.embedder = newest.embedder AND (label.at, label.id) <= (newest.at, newest.id)
    LIMIT $2
  )`;
