import { periodBounds } from '@relay/core';
import { type Kind, MAX_SUBJECTS, type Reading } from './kind';

interface Row {
  readonly subject: string;
  readonly value: number;
}

/** The highest threshold that a budget, as it is now, has crossed in its present period: 0.8 from four fifths on, 1 when it is used up. Each budget for itself. */
export const budget: Kind = {
  ...{ unit: 'share', threshold: 0.8, windowMs: 60_000, minRequests: 1, by: 'tenant' },
  async read(figures, { scope }, now, open): Promise<Reading[]> {
    const starts = [periodBounds('month', now), periodBounds('day', now)].map(({ start }) => new Date(start));
    return figures.query<Row>(
      `SELECT subject, value FROM (
         SELECT tenant || ' (' || budget_id || ')' AS subject, max(threshold)::float8 AS value,
           row_number() OVER (ORDER BY max(threshold) DESC, budget_id) AS place
         FROM budget_alerts
         WHERE ended_at IS NULL AND (period = 'month' AND period_start = $1 OR period = 'day' AND period_start = $2)
           AND ($3::text IS NULL OR tenant = $3)
         GROUP BY tenant, budget_id
       ) AS crossed
       WHERE place <= ${MAX_SUBJECTS} OR subject = ANY ($4::text[])`,
      [...starts, scope.tenant, open],
    );
  },
};
