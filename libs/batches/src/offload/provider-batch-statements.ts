/** Lines of one batch of a provider: as many as a worker may hold in memory while it hands them in. */
const MAX_LINES = 10_000;
const MAX_BYTES = 16_777_216;
/** Who dies with a provider's batch loses it after so long; by the database's clock. */
const HOLD_SECONDS = 30;
const HOLD_END = `now() + interval '${HOLD_SECONDS} seconds'`;
const IS_FREE = '(p.leased_until IS NULL OR p.leased_until < now())';
const LET_GO = 'holder = NULL, leased_until = NULL';
const IS_MINE = 'id = $1::uuid AND holder = $2::uuid AND ended_at IS NULL';
const MAY_BE_THERE = `unsure = unsure OR state = 'submitting'`;

/** See `LineStore`: who locks several rows locks the batch first. */
export const BATCH_HELD = `held AS (SELECT id FROM batches WHERE id = $1 FOR NO KEY UPDATE)`;
export const GATHERED = `o.batch_id = $1 AND o.provider_batch IS NULL AND NOT o.returned`;
const OPEN_LINE = `batch_lines l ON l.batch_id = o.batch_id AND l.index = o.index AND l.outcome IS NULL`;

export const IS_GATHERED = `SELECT 1 FROM offloaded_lines o WHERE ${GATHERED} LIMIT 1`;

/** A statement of its own: what is read after it was waited for is what the one before has left. */
export const LOCK_BATCH = `SELECT 1 FROM batches WHERE id = $1 AND status = 'in_progress' FOR NO KEY UPDATE`;

/** All that ask one model, or as many of them as one batch may have. */
export const BUNDLE = `
  WITH gathered AS (
    SELECT o.index, o.provider, o.upstream_model, o.bytes, o.asked_at FROM offloaded_lines o JOIN ${OPEN_LINE} WHERE ${GATHERED}
  ), next AS (
    SELECT provider, upstream_model, count(*) >= ${MAX_LINES} OR sum(bytes) >= ${MAX_BYTES} AS is_full,
      max(asked_at) AS latest, min(asked_at) AS first
    FROM gathered GROUP BY provider, upstream_model
  ), ready AS (
    SELECT provider, upstream_model FROM next WHERE is_full OR latest < $3::timestamptz OR first < $4::timestamptz LIMIT 1
  ), taken AS (
    SELECT index FROM (
      SELECT g.index, sum(g.bytes) OVER w AS total, row_number() OVER w AS place
      FROM ready JOIN gathered g USING (provider, upstream_model) WINDOW w AS (ORDER BY g.index)) counted
    WHERE place = 1 OR (place <= ${MAX_LINES} AND total <= ${MAX_BYTES})
  ), made AS (
    INSERT INTO provider_batches (id, batch_id, provider, model, state, lines, next_at, created_at)
    SELECT $2::uuid, $1, provider, upstream_model, 'new', (SELECT count(*) FROM taken), now(), now() FROM ready RETURNING id
  )
  UPDATE offloaded_lines o SET provider_batch = made.id FROM made WHERE ${GATHERED} AND o.index IN (SELECT index FROM taken)`;

export const NEXT = `
  UPDATE provider_batches SET leased_until = ${HOLD_END}, holder = $2::uuid WHERE id = (
    SELECT p.id FROM provider_batches p JOIN batches b ON b.id = p.batch_id AND b.status = 'in_progress'
    WHERE p.batch_id = $1 AND p.ended_at IS NULL AND p.state <> 'owed' AND p.next_at <= now() AND ${IS_FREE}
    ORDER BY p.next_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
  RETURNING *`;

/** Of a batch that was cancelled: its provider has it, and may have answered some of it. */
export const NEXT_TO_STOP = `
  UPDATE provider_batches SET leased_until = ${HOLD_END}, holder = $2::uuid,
    polls = CASE WHEN state = 'cancelling' THEN polls ELSE 0 END, state = 'cancelling'
  WHERE id = (
    SELECT p.id FROM provider_batches p JOIN batches b ON b.id = p.batch_id AND b.status = 'cancelling'
    WHERE p.batch_id = $1 AND p.ended_at IS NULL AND ${IS_FREE}
      AND (p.state = 'running' OR (p.state = 'cancelling' AND p.next_at <= now()))
    ORDER BY p.next_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
  RETURNING *`;

export const STOPPING = `
  SELECT 1 FROM provider_batches WHERE batch_id = $1 AND ended_at IS NULL AND state IN ('running', 'cancelling') LIMIT 1`;

/** Those of batches that ended as well, should nobody have disowned them. */
export const NEXT_OWED = `
  UPDATE provider_batches SET leased_until = ${HOLD_END}, holder = $2::uuid, ${MAY_BE_THERE}, state = 'owed' WHERE id = (
    SELECT p.id FROM provider_batches p JOIN batches b ON b.id = p.batch_id
    WHERE p.ended_at IS NULL AND p.next_at <= now() AND ($1::text IS NULL OR p.batch_id = $1)
      AND (p.state = 'owed' OR b.ended_at IS NOT NULL) AND ${IS_FREE}
    ORDER BY p.next_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
  RETURNING *`;

export const HOLD = `
  UPDATE provider_batches SET leased_until = ${HOLD_END} WHERE ${IS_MINE}
    AND (state IN ('owed', 'cancelling') OR EXISTS (SELECT 1 FROM batches b WHERE b.id = batch_id AND b.status = 'in_progress'))`;

export const RELEASE = `UPDATE provider_batches SET ${LET_GO} WHERE ${IS_MINE}`;

export const UPLOADED = `UPDATE provider_batches SET files = $3::jsonb, protocol = $4 WHERE ${IS_MINE}`;

export const SUBMITTING = `UPDATE provider_batches SET state = 'submitting', tries = tries + 1, protocol = $3 WHERE ${IS_MINE}`;

export const WAIT = `
  UPDATE provider_batches SET state = $3, upstream = coalesce($5::jsonb, upstream), polls = polls + 1,
    next_at = now() + $4::float8 * interval '1 ms', ${LET_GO}
  WHERE ${IS_MINE}`;

export const LINES = `
  SELECT o.index, o.body FROM offloaded_lines o JOIN ${OPEN_LINE}
  WHERE o.provider_batch = $1::uuid AND o.result IS NULL AND NOT o.returned AND o.body IS NOT NULL ORDER BY o.index`;

export const KEEP = `
  WITH ${BATCH_HELD}, mine AS (
    SELECT p.id FROM held JOIN provider_batches p ON p.id = $2::uuid AND p.holder = $3::uuid AND p.ended_at IS NULL
  ), given AS (
    SELECT * FROM unnest($4::int[], $5::int[], $6::bytea[], $7::text[]) AS g(index, status, result, trace_id)
  ), kept AS (
    UPDATE offloaded_lines o SET status = g.status, result = g.result, body = NULL, trace_id = g.trace_id, back_at = $8::timestamptz
    FROM mine, given g
    WHERE o.batch_id = $1 AND o.index = g.index AND o.provider_batch = mine.id AND o.result IS NULL AND NOT o.returned
    RETURNING o.index
  )
  UPDATE batch_lines l SET away = false FROM kept WHERE l.batch_id = $1 AND l.index = kept.index AND l.outcome IS NULL`;

export const GIVE_BACK = `
  WITH ${BATCH_HELD}, owed AS (
    UPDATE provider_batches p SET state = 'owed', reason = $4, unsure = $5::boolean, polls = 0, next_at = now(), ${LET_GO} FROM held
    WHERE p.id = $2::uuid AND p.holder = $3::uuid AND p.ended_at IS NULL RETURNING p.id
  ), back AS (
    UPDATE offloaded_lines o SET returned = true, body = NULL FROM owed
    WHERE o.batch_id = $1 AND o.provider_batch = owed.id AND o.result IS NULL AND NOT o.returned RETURNING o.index
  ), open AS (
    UPDATE batch_lines l SET away = false FROM back WHERE l.batch_id = $1 AND l.index = back.index AND l.outcome IS NULL RETURNING 1
  )
  SELECT (SELECT count(*) FROM open) AS lines FROM owed`;

export const DONE = `UPDATE provider_batches SET ended_at = now(), ${LET_GO} WHERE ${IS_MINE}`;

export const DISOWN = `
  UPDATE provider_batches SET ${MAY_BE_THERE}, state = 'owed', reason = 'its batch does not go on', polls = 0, next_at = now(), ${LET_GO}
  WHERE batch_id = $1 AND ended_at IS NULL AND state <> 'owed'`;

export const STRAND = `
  INSERT INTO provider_batches (id, batch_id, provider, model, protocol, upstream, files, state, reason, lines, next_at, created_at)
  VALUES ($1::uuid, $2, $3, $4, $5, $6::jsonb, $7::jsonb, 'owed', 'it was handed in by somebody who had lost it', 0, now(), now())`;
