import type { AlertRule, KindDefaults } from '../domain/rule';
import { type Kind, MAX_SUBJECTS, type Reading } from './kind';
import { namedSql, subjectSql } from './subject.sql';

interface TraceFigure extends KindDefaults {
  /** An aggregate over the requests that count. */
  readonly value: string;
  /** Which requests count. */
  readonly where: string;
}

export interface FigureRow {
  readonly subject: string | null;
  readonly value: number | null;
  readonly requests: string; // bigint
}

/** A kind that is a figure of the requests of its window; what the relay asks by itself is left out. In SQL `$1` is the window's beginning, `$2` its end. */
export function traceFigure({ value, where, ...defaults }: TraceFigure): Kind {
  return {
    ...defaults,
    async read(figures, rule, now, open): Promise<Reading[]> {
      const values: unknown[] = [new Date(now - rule.windowMs), new Date(now)];
      const text = figureSql(rule, { value, where }, values, open);
      return toReadings(await figures.query<FigureRow>(text, values), rule);
    },
  };
}

export const toReadings = (rows: readonly FigureRow[], { minRequests }: AlertRule): Reading[] =>
  rows.map(({ subject, value, requests }) => ({
    subject: subject ?? '',
    value: Number(requests) < minRequests ? null : value,
  }));

/** Of the subjects with most requests, and of those with an alert. Adds to the values what it names. */
export function figureSql(
  rule: AlertRule,
  { value, where }: Pick<TraceFigure, 'value' | 'where'>,
  values: unknown[],
  open: readonly string[],
): string {
  const subject = subjectSql(rule);
  const named = namedSql(rule, values);
  return `
    SELECT subject, value, requests FROM (
      SELECT ${subject} AS subject, (${value})::float8 AS value, count(*) AS requests,
        row_number() OVER (ORDER BY count(*) DESC, ${subject}) AS place
      FROM request_traces
      WHERE at >= $1 AND at < $2 AND coalesce(endpoint, '') NOT LIKE 'internal:%' AND ${where} ${named}
        ${rule.by === null ? '' : `AND ${subject} IS NOT NULL GROUP BY ${subject}`}
    ) AS figures
    WHERE place <= ${MAX_SUBJECTS} OR subject = ANY ($${values.push(open)}::text[])`;
}
