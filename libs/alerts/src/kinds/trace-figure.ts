import type { AlertSubject } from '@relay/contracts';
import type { AlertRule, KindDefaults } from '../domain/rule';
import { type Kind, MAX_SUBJECTS, type Reading } from './kind';

const COLUMNS = { tenant: 'tenant', model: 'model', provider: 'provider' } as const satisfies Record<
  AlertSubject,
  string
>;

interface TraceFigure extends KindDefaults {
  /** An aggregate over the requests that count. */
  readonly value: string;
  /** Which requests count. */
  readonly where: string;
  /** Parts of the window's length before it that are read as well, for comparison. */
  readonly baseline?: number;
}

interface Row {
  readonly subject: string | null;
  readonly value: number | null;
  readonly requests: string; // bigint
}

/** A kind that is a figure of the requests of its window; what the relay asks by itself is left out. In SQL `$1` is the window's beginning. */
export function traceFigure({ value, where, baseline = 0, ...defaults }: TraceFigure): Kind {
  return {
    ...defaults,
    async read(figures, rule, now): Promise<Reading[]> {
      const from = now - rule.windowMs;
      const values: unknown[] = [new Date(from), new Date(from - baseline * rule.windowMs), new Date(now)];
      const rows = await figures.query<Row>(sqlOf(rule, value, where, values), values);
      return rows.map(({ subject, value: found, requests }) => ({
        subject: subject ?? '',
        value: Number(requests) < rule.minRequests ? null : found,
      }));
    },
  };
}

/** Adds what the scope names to the values. */
function sqlOf({ scope, by }: AlertRule, value: string, where: string, values: unknown[]): string {
  const named = (Object.keys(COLUMNS) as AlertSubject[]).flatMap((what) => {
    const id = scope[what];
    return id === null ? [] : [`AND ${COLUMNS[what]} = $${values.push(id)}`];
  });
  const subject = by === null ? `''` : COLUMNS[by];
  return `
    SELECT ${subject} AS subject, (${value})::float8 AS value, count(*) FILTER (WHERE at >= $1) AS requests
    FROM request_traces
    WHERE at >= $2 AND at < $3 AND coalesce(endpoint, '') NOT LIKE 'internal:%' AND ${where} ${named.join(' ')}
      ${by === null ? '' : `AND ${subject} IS NOT NULL GROUP BY 1`}
    ORDER BY requests DESC LIMIT ${MAX_SUBJECTS}`;
}
