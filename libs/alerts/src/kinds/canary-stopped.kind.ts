import { type Kind, MAX_SUBJECTS, type Reading } from './kind';

/** How often the guard stopped a canary of a version, as it was worse than allowed. Each version (name@version) for itself. */
export const canaryStopped: Kind = {
  ...{ unit: 'count', threshold: 1, windowMs: 3_600_000, minRequests: 1, by: null },
  async read(figures, { windowMs }, now): Promise<Reading[]> {
    return figures.query<Reading>(
      `SELECT version.name || '@' || version.version AS subject, count(*)::int AS value
       FROM policy_canaries canary JOIN policy_versions version ON version.id = canary.version_id
       WHERE canary.status = 'stopped' AND canary.ended_by = 'guard' AND canary.ended_at >= $1 AND canary.ended_at < $2
       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_SUBJECTS}`,
      [new Date(now - windowMs), new Date(now)],
    );
  },
};
