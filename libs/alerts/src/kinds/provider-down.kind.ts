import type { AlertRule } from '../domain/rule';
import { PULSE_FRESH_MS } from '../persistence/process-store';
import { type Figures, type Kind, MAX_SUBJECTS, type Reading } from './kind';

/** What says nothing of a provider: it answered, another was faster, or the request itself was refused or given up. */
const FAILED = `(attempt->>'outcome' = 'breaker_open' OR attempt->>'outcome' IN ('upstream_error', 'upstream_timeout', 'unavailable')
      OR (attempt->>'upstreamStatus')::int >= 500)`;

interface Row {
  readonly provider: string;
  readonly value: number;
  readonly attempts: string; // bigint
}

/**
 * Share of the calls of a provider that failed or were not made because its breaker is open; 1 as soon as any process says that
 * none of its targets are called.
 */
export const providerDown: Kind = {
  ...{ unit: 'share', threshold: 0.5, windowMs: 120_000, minRequests: 5, by: 'provider' },
  async read(figures, rule, now): Promise<Reading[]> {
    const found = new Map<string, number | null>();
    for (const { provider, value, attempts } of await calls(figures, rule, now))
      found.set(provider, Number(attempts) < rule.minRequests ? null : value);
    for (const provider of await shunned(figures, rule, now)) found.set(provider, 1);
    return [...found].map(([subject, value]) => ({ subject, value }));
  },
};

function calls(figures: Figures, { scope, windowMs }: AlertRule, now: number): Promise<Row[]> {
  const sql = `
    SELECT attempt->>'provider' AS provider, avg(${FAILED}::int)::float8 AS value, count(*) AS attempts
    FROM request_traces
    CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(attempts) WHEN 'array' THEN attempts ELSE '[]' END) AS attempt
    WHERE at >= $1 AND at < $2 AND ($3::text IS NULL OR attempt->>'provider' = $3) AND ($4::text IS NULL OR tenant = $4)
      AND ($5::text IS NULL OR model = $5)
    GROUP BY 1 ORDER BY attempts DESC LIMIT ${MAX_SUBJECTS}`;
  return figures.query<Row>(sql, [
    ...[new Date(now - windowMs), new Date(now)],
    ...[scope.provider, scope.tenant, scope.model],
  ]);
}

async function shunned(figures: Figures, { scope }: AlertRule, now: number): Promise<string[]> {
  const rows = await figures.query<{ provider: string }>(
    `SELECT DISTINCT provider FROM relay_processes
     CROSS JOIN LATERAL jsonb_array_elements_text(pulse->'openBreakers') AS provider
     WHERE seen_at >= $1 AND ($2::text IS NULL OR provider = $2) LIMIT ${MAX_SUBJECTS}`,
    [new Date(now - PULSE_FRESH_MS), scope.provider],
  );
  return rows.map(({ provider }) => provider);
}
