import type { Part } from '../../components/waterfall/parts';
import { isHit } from './trace-status';
import type { TraceRow } from './traces.queries';

export interface Share {
  readonly part: Part;
  readonly ms: number;
}

/** Where the time of a request went, as far as its row tells. */
export function sharesOf(row: Pick<TraceRow, 'status' | 'cache' | 'queueMs' | 'ttftMs' | 'totalMs'>): readonly Share[] {
  if (row.cache === 'coalesced') return known([{ part: 'wait', ms: row.totalMs }]);
  if (isHit(row.cache)) return [{ part: 'cache', ms: row.totalMs }];
  const queue = Math.min(row.queueMs, row.totalMs);
  const rest = row.totalMs - queue;
  if (row.status === 'error' || row.status === 'rejected') return known([queued(queue), { part: 'failed', ms: rest }]);
  const first = Math.min(rest, Math.max(0, (row.ttftMs ?? row.totalMs) - queue));
  return known([queued(queue), { part: 'upstream', ms: first }, { part: 'stream', ms: rest - first }]);
}

const queued = (ms: number): Share => ({ part: 'queue', ms });
const known = (shares: readonly Share[]): readonly Share[] => shares.filter(({ ms }) => ms > 0);
