/**
 * The calls of providers that a request made, as a table expression for `CROSS JOIN LATERAL`; `trace` is the alias of its row of
 * `request_traces`. New rows have them packed in `detail`, in the order of AttemptTuple (libs/trace, trace-detail.ts); older ones in
 * `attempts`, which is not written any more. What a call was billed for (`billed_…`) is told apart only where there were several.
 */
export const traceCallsSql = (trace: string): string => `(
      SELECT nth, call->>0 AS provider, call->>1 AS model, call->>2 AS outcome, (call->>3)::int AS upstream_status,
        (call->>6)::int8 AS billed_input, (call->>7)::int8 AS billed_output, (call->>8)::numeric AS billed_usd
      FROM json_array_elements(${trace}.detail->'a') WITH ORDINALITY AS packed(call, nth)
      UNION ALL
      SELECT nth, call->>'provider', call->>'model', call->>'outcome', (call->>'upstreamStatus')::int,
        (call->>'inputTokens')::int8, (call->>'outputTokens')::int8, (call->>'costUsd')::numeric
      FROM jsonb_array_elements(CASE jsonb_typeof(${trace}.attempts) WHEN 'array' THEN ${trace}.attempts END)
        WITH ORDINALITY AS plain(call, nth)
      WHERE ${trace}.detail IS NULL)`;
