import { memo } from 'react';
import type { Schemas } from '../../../api/client';
import { formatDuration } from '../../../format/duration';
import { formatUsd, sumUsd } from '../../../format/money';
import { formatCount, formatShare } from '../../../format/number';
import type { TraceRow } from '../traces.queries';
import { totalsOf } from './totals';

interface SummaryLineProps {
  readonly rows: readonly TraceRow[];
  readonly more: boolean; // the rows are not all
  readonly histogram: Schemas['TraceHistogram'] | null;
}

/** All traces under the filters, as the relay counts them; times and money of those that were loaded. */
export const SummaryLine = memo(function SummaryLine({ rows, more, histogram }: SummaryLineProps) {
  const totals = histogram ? totalsOf(histogram) : null;
  const times = rows.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const quantile = (share: number): number | null =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? null;
  return (
    <p className="summary-line" aria-live="polite">
      {totals ? (
        <>
          <span>
            <b>{formatCount(totals.all)}</b> traces
          </span>
          <span>
            errors <b className={totals.error > 0 ? 'tone-bad' : ''}>{formatCount(totals.error)}</b>
            {totals.error > 0 ? ` (${formatShare(totals.error / totals.all)})` : ''}
          </span>
          {totals.rejected > 0 ? (
            <span>
              rejected <b className="tone-warn">{formatCount(totals.rejected)}</b>
            </span>
          ) : null}
        </>
      ) : null}
      {more ? <span>of the {formatCount(rows.length)} loaded:</span> : null}
      <span>
        p50 <b>{formatDuration(quantile(0.5))}</b>
      </span>
      <span>
        p95 <b>{formatDuration(quantile(0.95))}</b>
      </span>
      <span>
        cost <b>{formatUsd(sumUsd(rows.map(({ costUsd }) => costUsd)))}</b>
      </span>
      <span>
        saved <b className="tone-good">{formatUsd(sumUsd(rows.map(({ savedUsd }) => savedUsd)))}</b>
      </span>
    </p>
  );
});
