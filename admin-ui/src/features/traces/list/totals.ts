import type { Schemas } from '../../../api/client';

export interface Totals {
  readonly all: number;
  readonly error: number;
  readonly rejected: number;
}

/** The whole result in numbers, by the bars of its histogram. */
export function totalsOf({ data }: Pick<Schemas['TraceHistogram'], 'data'>): Totals {
  const totals = { all: 0, error: 0, rejected: 0 };
  for (const { ok, error, rejected, aborted } of data) {
    totals.all += ok + error + rejected + aborted;
    totals.error += error;
    totals.rejected += rejected;
  }
  return totals;
}
