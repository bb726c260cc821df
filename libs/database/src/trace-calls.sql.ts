/**
 * The calls of providers that a request made, as a table expression for `CROSS JOIN LATERAL`; `trace` is the alias of its row of
 * `request_traces`. New rows have them packed in `detail`, in the order of AttemptTuple (libs/trace, trace-detail.ts); older ones in
 * `attempts`, which is not written any more.
 */
export const traceCallsSql = (trace: string): string => `(
      SELECT nth, call->>0 AS provider, call->>1 AS model, call->>2 AS outcome, (call->>3)::int AS upstream_status
      FROM json_array_elements(${trace}.detail->'a') WITH ORDINALITY AS packed(call, nth)
      UNION ALL
      SELECT nth, call->>'provider', call->>'model', call->>'outcome', (call->>'upstreamStatus')::int
      FROM jsonb_array_elements(CASE jsonb_typeof(${trace}.attempts) WHEN 'array' THEN ${trace}.attempts END)
        WITH ORDINALITY AS plain(call, nth)
      WHERE ${trace}.detail IS NULL)`;
