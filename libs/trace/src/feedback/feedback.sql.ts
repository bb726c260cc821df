/** Who has the last say on an answer has it: also a user of the same key to whom it was served from the cache. */
export const SAVE_FEEDBACK_SQL = `
  WITH earlier AS (SELECT at, user_name, model, task, score FROM feedback WHERE trace_id = $3 AND key_id = $6)
  INSERT INTO feedback (id, at, trace_id, tenant, user_name, key_id, model, task, score, comment, source)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (trace_id, key_id) DO UPDATE
    SET at = excluded.at, changed_at = clock_timestamp(), user_name = excluded.user_name, model = excluded.model,
      task = excluded.task, score = excluded.score, comment = excluded.comment
  RETURNING id, (
    SELECT json_build_object('at', extract(epoch FROM at) * 1000, 'user', user_name, 'model', model, 'task', task, 'score', score)
    FROM earlier
  ) AS earlier`;

/** The time makes Postgres look into one partition only. */
export const FIND_REQUEST_SQL = `
  SELECT tenant, served_model AS model, coalesce(user_name, nullif(features->>'request.user', '')) AS "user",
    nullif(coalesce(detail->'f'->>'features.task', features->>'features.task'), '') AS task, cache_source AS source,
    cache_entry AS "cacheEntry", similarity
  FROM request_traces WHERE id = $1::uuid AND at = $2::timestamptz AND tenant IS NOT NULL`;

export const CHANGED_SQL = `
  SELECT clock_timestamp() AS "readAt",
    ARRAY(SELECT DISTINCT tenant FROM feedback WHERE changed_at > $1::timestamptz) AS tenants`;

/** Bounded for each tenant by itself: one that says a lot crowds out nobody else. */
export const EVIDENCE_SQL = `
  SELECT tenant, "user", key, task, model, weight, sum
  FROM (
    SELECT tenant, "user", key, task, model, sum(weight) AS weight, sum(weight * share) AS sum,
      row_number() OVER (PARTITION BY tenant ORDER BY max(at) DESC) AS place
    FROM (
      SELECT tenant, coalesce(user_name, '') AS "user", CASE WHEN user_name IS NULL THEN key_id ELSE '' END AS key,
        coalesce(task, '') AS task, model, at, (score::float8 + 1) / 2 AS share,
        power(0.5, greatest(0, extract(epoch FROM $1::timestamptz - at)::float8) / $2::float8) AS weight
      FROM feedback
      WHERE model IS NOT NULL AND at > $3::timestamptz AND tenant = ANY ($4::text[])
    ) verdict
    GROUP BY tenant, "user", key, task, model
  ) said
  WHERE place <= $5`;
