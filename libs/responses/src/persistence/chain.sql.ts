/**
 * $1 tenant, $2 the last response, $3 most responses, $4 most bytes: a conversation backwards, oldest first. `total`: bytes of it and of
 * all that came after; the walk ends behind the one that goes beyond the bound, so that not much more than it is read.
 */
export const CHAIN_SQL = `
  WITH RECURSIVE chain AS (
    SELECT id, previous_id, 1 AS depth, bytes::bigint AS total FROM responses WHERE tenant_id = $1 AND id = $2
    UNION ALL
    SELECT earlier.id, earlier.previous_id, chain.depth + 1, chain.total + earlier.bytes
    FROM chain JOIN responses earlier ON earlier.tenant_id = $1 AND earlier.id = chain.previous_id
    WHERE chain.depth < $3::int AND chain.total <= $4::bigint
  )
  SELECT id, status, background, chain.previous_id, asked, answer, depth, total
  FROM chain JOIN responses USING (id) WHERE tenant_id = $1 ORDER BY depth DESC`;
