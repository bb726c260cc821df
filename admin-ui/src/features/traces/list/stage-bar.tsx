import { PART_COLORS } from '../../../components/waterfall/parts';
import { sharesOf } from '../stage-parts';
import type { TraceRow } from '../traces.queries';

const WIDTH_PX = 100;
/** Fills the bar, in ms; by the square root, so that short ones can be seen as well. */
const FULL_MS = 20_000;
const LEAST_PX = 3;

/** Where the time of one request went, as long as it took. */
export function StageBar({ row }: { readonly row: TraceRow }) {
  const width = Math.max(LEAST_PX, WIDTH_PX * Math.sqrt(Math.min(1, row.totalMs / FULL_MS)));
  const shares = sharesOf(row);
  const title = shares.map(({ part, ms }) => `${part} ${Math.round(ms)} ms`).join(', ');
  let at = 0;
  return (
    <svg width={WIDTH_PX} height={8} role="img" aria-label={title || 'no time'}>
      <title>{title}</title>
      {shares.map(({ part, ms }) => {
        const from = at;
        at += (ms / row.totalMs) * width;
        return <rect key={part} x={from} width={Math.max(1, at - from)} height={8} fill={PART_COLORS[part]} />;
      })}
    </svg>
  );
}
