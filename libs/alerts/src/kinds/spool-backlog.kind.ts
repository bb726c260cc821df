import { PULSE_FRESH_MS } from '../persistence/process-store';
import type { Kind, Reading } from './kind';

/** Bytes of traces that processes have on their disks and not in the database, as they last said. */
export const spoolBacklog: Kind = {
  ...{ unit: 'bytes', threshold: 67_108_864, windowMs: 60_000, minRequests: 1, by: null },
  async read(figures, _rule, now): Promise<Reading[]> {
    const [row] = await figures.query<{ bytes: number | null }>(
      `SELECT sum((pulse->'spool'->>'bytes')::float8) AS bytes FROM relay_processes WHERE seen_at >= $1`,
      [new Date(now - PULSE_FRESH_MS)],
    );
    return [{ subject: '', value: row?.bytes ?? null }];
  },
};
