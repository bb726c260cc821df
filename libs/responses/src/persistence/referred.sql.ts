/**
 * $1 tenant, $2 ids of items, $3 most bytes as stored: of each item the newest answer that has it, each answer once, newest first. None is
 * read where all of them together are longer.
 */
export const REFERRED_SQL = `
  WITH newest AS (
    SELECT DISTINCT ON (item) item, id FROM responses, unnest(item_ids) AS item
    WHERE tenant_id = $1 AND item_ids && $2::text[] AND item = ANY($2::text[])
    ORDER BY item, created_at DESC
  )
  SELECT id, CASE WHEN sum(octet_length(answer)) OVER () <= $3::bigint THEN answer END AS answer
  FROM responses WHERE tenant_id = $1 AND id IN (SELECT id FROM newest) ORDER BY created_at DESC`;
