import { type Kind, MAX_SUBJECTS, type Reading } from './kind';

interface Row {
  readonly tenant: string;
  readonly budget_id: string;
  readonly value: number;
}

/** The highest threshold that a budget has crossed in its present period: 0.8 from four fifths on, 1 when it is used up. Each budget for itself. */
export const budget: Kind = {
  ...{ unit: 'share', threshold: 0.8, windowMs: 60_000, minRequests: 1, by: 'tenant' },
  async read(figures, { scope }, now): Promise<Reading[]> {
    const rows = await figures.query<Row>(
      `SELECT tenant, budget_id, max(threshold)::float8 AS value FROM budget_alerts
       WHERE period_start <= $1 AND period_start + CASE period WHEN 'day' THEN interval '1 day' ELSE interval '1 month' END > $1
         AND ($2::text IS NULL OR tenant = $2)
       GROUP BY 1, 2 ORDER BY value DESC LIMIT ${MAX_SUBJECTS}`,
      [new Date(now), scope.tenant],
    );
    return rows.map(({ tenant, budget_id: id, value }) => ({ subject: `${tenant} (${id})`, value }));
  },
};
