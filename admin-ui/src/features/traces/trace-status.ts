import type { Tone } from '../../components/status-badge';
import type { TraceRow } from './traces.queries';

/** How a request ended, in one word: what was served from the cache or after a fall-back is told apart from plain success. */
export function statusOf(row: Pick<TraceRow, 'status' | 'cache' | 'attempts' | 'httpStatus'>): {
  readonly tone: Tone;
  readonly label: string;
  readonly note: number | null;
} {
  switch (row.status) {
    case 'error':
      return { tone: 'bad', label: 'Error', note: row.httpStatus };
    case 'rejected':
      return { tone: 'warn', label: 'Rejected', note: row.httpStatus };
    case 'aborted':
      return { tone: 'calm', label: 'Aborted', note: null };
    case 'ok':
      if (isHit(row.cache)) return { tone: 'accent', label: 'Cached', note: null };
      return row.attempts > 1
        ? { tone: 'warn', label: 'Fallback', note: null }
        : { tone: 'good', label: 'OK', note: null };
  }
}

export const isHit = (cache: TraceRow['cache']): boolean => cache !== 'miss' && cache !== 'bypass';
