/**
 * pgvector walks an HNSW graph on until enough rows pass the filter (0.8: iterative scan); candidates it holds meanwhile. Recall@10 among 50,000
 * entries of one scope, a tenth of them expired: 0.964, with 100 it is 0.947 (`npm run bench -- vector-search`).
 */
const EF_SEARCH = 160;

/**
 * Settings of a transaction that looks for vectors. A scope with an index of its own is read through it, whatever the planner makes
 * of its cost: with sorting off an order that an index gives comes first, and a scope without index is sorted all the same. That looks
 * very expensive to the planner, which must not begin to compile it (jit) or start processes for it.
 */
export const vectorSettings = (statementTimeoutMs: number): string => `
  SELECT set_config('statement_timeout', '${statementTimeoutMs}', true), set_config('enable_sort', 'off', true),
    set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '${EF_SEARCH}', true)`;

/** Of a transaction whose statements may take so long; in ms, at least 1. */
export const timeoutSetting = (ms: number): string => `SELECT set_config('statement_timeout', '${ms}', true)`;

/** The vectors of one scope and embedder: $1 scope, $2 embedder. The number of dimensions is part of the text, as indexes are by it. */
export const inSpace = (dimensions: number): string =>
  `scope_id = $1 AND embedder_id = $2 AND dimensions = ${dimensions}`;

/** To $3, a `vector` in text or binary; `embedding` must be spelt as in the indexes. */
export const distance = (dimensions: number): string =>
  `embedding::halfvec(${dimensions}) <=> $3::vector(${dimensions})::halfvec(${dimensions})`;

/**
 * $4: now, $5: how many. Ordered by the very distance that is selected: for another expression of it each row would be compared once more. Answers
 * of aliases are asked for by `SOURCES_SQL`: to plan the join that brings them took longer than to find ten rows by their keys.
 */
export const nearestSql = (dimensions: number): string => `
  SELECT near.distance, id, prompt, sealed_prompt, exact_key, min_similarity, labels, epoch, expires_at, stale_until, answer, answer_id, alias_of, record
  FROM semantic_entries JOIN (
    SELECT id, ${distance(dimensions)} AS distance FROM semantic_entries
    WHERE ${inSpace(dimensions)} AND status = 'active' AND expires_at > $4
    ORDER BY distance LIMIT $5
  ) near USING (id)`;

/** Answers of entries that others are aliases of, as far as they are in service and have not become aliases themselves: $1 their ids. */
export const SOURCES_SQL = `
  SELECT id, answer, answer_id, record FROM semantic_entries WHERE id = ANY($1::uuid[]) AND status = 'active' AND answer IS NOT NULL`;
