import { traceCallsSql } from '@relay/database';
import type { AlertRule } from '../domain/rule';
import { PULSE_FRESH_MS } from '../persistence/process-store';
import { type Figures, type Kind, MAX_SUBJECTS, type Reading } from './kind';

/** What says nothing of a provider: it answered, another was faster, or the request itself was refused or given up. */
const FAILED = `(outcome IN ('breaker_open', 'upstream_error', 'upstream_timeout', 'unavailable') OR upstream_status >= 500)`;

interface Row {
  readonly provider: string;
  readonly value: number;
  readonly calls: string; // bigint
}

/**
 * Share of the calls of a provider that failed or were not made because its breaker is open; 1 as soon as any process says that
 * none of its targets are called.
 */
export const providerDown: Kind = {
  ...{ unit: 'share', threshold: 0.5, windowMs: 120_000, minRequests: 5, by: 'provider' },
  async read(figures, rule, now, open): Promise<Reading[]> {
    const found = new Map<string, number | null>();
    for (const { provider, value, calls } of await callsOf(figures, rule, now, open))
      found.set(provider, Number(calls) < rule.minRequests ? null : value);
    for (const provider of await shunned(figures, rule, now, open)) found.set(provider, 1);
    return [...found].map(([subject, value]) => ({ subject, value }));
  },
};

function callsOf(figures: Figures, rule: AlertRule, now: number, open: readonly string[]): Promise<Row[]> {
  const { scope, windowMs } = rule;
  const sql = `
    SELECT provider, value, calls FROM (
      SELECT made.provider, avg(coalesce(${FAILED}, false)::int)::float8 AS value, count(*) AS calls,
        row_number() OVER (ORDER BY count(*) DESC, made.provider) AS place
      FROM request_traces trace CROSS JOIN LATERAL ${traceCallsSql('trace')} AS made
      WHERE trace.at >= $1 AND trace.at < $2 AND ($3::text IS NULL OR made.provider = $3)
        AND made.outcome IS DISTINCT FROM 'out_of_service' -- an operator's word: nobody has to be alarmed about it
        AND ($4::text IS NULL OR trace.tenant = $4) AND ($5::text IS NULL OR trace.model = $5)
      GROUP BY made.provider
    ) AS counted
    WHERE place <= ${MAX_SUBJECTS} OR provider = ANY ($6::text[])`;
  return figures.query<Row>(sql, [
    ...[new Date(now - windowMs), new Date(now)],
    ...[scope.provider, scope.tenant, scope.model, open],
  ]);
}

async function shunned(
  figures: Figures,
  { scope }: AlertRule,
  now: number,
  open: readonly string[],
): Promise<string[]> {
  const rows = await figures.query<{ provider: string }>(
    `SELECT DISTINCT provider, provider = ANY ($3::text[]) AS known FROM relay_processes
     CROSS JOIN LATERAL jsonb_array_elements_text(pulse->'openBreakers') AS provider
     WHERE seen_at >= $1 AND ($2::text IS NULL OR provider = $2) ORDER BY known DESC, provider LIMIT ${MAX_SUBJECTS}`,
    [new Date(now - PULSE_FRESH_MS), scope.provider, open],
  );
  return rows.map(({ provider }) => provider);
}
