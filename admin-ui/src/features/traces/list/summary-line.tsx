import { formatDuration } from '../../../format/duration';
import { formatUsd, sumUsd } from '../../../format/money';
import { formatCount } from '../../../format/number';
import type { TraceRow } from '../traces.queries';

/** The traces that were loaded, in a line. */
export function SummaryLine({ rows, more }: { readonly rows: readonly TraceRow[]; readonly more: boolean }) {
  const times = rows.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const quantile = (share: number): number | null =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? null;
  const errors = rows.filter(({ status }) => status === 'error').length;
  return (
    <p className="summary-line" aria-live="polite">
      <span>
        <b>{formatCount(rows.length)}</b>
        {more ? '+ traces' : ' traces'}
      </span>
      <span>
        p50 <b>{formatDuration(quantile(0.5))}</b>
      </span>
      <span>
        p95 <b>{formatDuration(quantile(0.95))}</b>
      </span>
      <span>
        errors <b className={errors > 0 ? 'tone-bad' : ''}>{formatCount(errors)}</b>
      </span>
      <span>
        cost <b>{formatUsd(sumUsd(rows.map(({ costUsd }) => costUsd)))}</b>
      </span>
      <span>
        saved <b className="tone-good">{formatUsd(sumUsd(rows.map(({ savedUsd }) => savedUsd)))}</b>
      </span>
    </p>
  );
}
