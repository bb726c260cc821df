import { memo } from 'react';
import type { Schemas } from '../../../api/client';
import { formatDuration } from '../../../format/duration';
import { formatUsd } from '../../../format/money';
import { formatCount, formatShare } from '../../../format/number';
import { totalsOf } from './totals';

interface SummaryLineProps {
  readonly histogram: Schemas['TraceHistogram'] | null;
}

/** All traces under the filters, as the relay counts them, however many of them are loaded. */
export const SummaryLine = memo(function SummaryLine({ histogram }: SummaryLineProps) {
  const totals = histogram ? totalsOf(histogram) : null;
  const total = histogram?.total;
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
      {total ? <Figures total={total} /> : null}
    </p>
  );
});

const OF_ANSWERS = 'Of what a model or the cache answered';

function Figures({ total }: { readonly total: Schemas['TraceFigures'] }) {
  return (
    <>
      <span title={OF_ANSWERS}>
        p50 <b>{formatDuration(total.latency.p50Ms)}</b>
      </span>
      <span title={OF_ANSWERS}>
        p95 <b>{formatDuration(total.latency.p95Ms)}</b>
      </span>
      <span>
        cost <b>{formatUsd(total.costUsd)}</b>
      </span>
      <span>
        saved <b className="tone-good">{formatUsd(total.savedUsd)}</b>
      </span>
    </>
  );
}
