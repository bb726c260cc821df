import { formatCount } from '../../../format/number';
import type { LookUps } from './what-if';
import { columnsOf } from './what-if';

const HEIGHT = 100;

interface SimilarityChartProps {
  readonly label: string;
  readonly lookUps: LookUps;
  readonly threshold: number; // that is tried
}

/** How many look-ups were how alike: those that were served upon those that were not. */
export function SimilarityChart({ label, lookUps: { bins, thresholds }, threshold }: SimilarityChartProps) {
  const columns = columnsOf(bins);
  const first = columns[0]?.from ?? 0;
  const most = Math.max(1, ...columns.map(({ served, missed }) => served + missed));
  const place = (value: number): number => ((value - first) / (1 - first)) * columns.length;
  const scaled = (count: number): number => (count / most) * HEIGHT;
  return (
    <div className="similarity-chart">
      <span className="similarity-most soft" aria-hidden="true">
        {formatCount(most)}
      </span>
      <svg viewBox={`0 0 ${columns.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {columns.map(({ from, served, missed }, at) => (
          <g key={from} className={from >= threshold ? 'similarity-above' : 'similarity-below'}>
            <title>{`${from.toFixed(2)}: ${formatCount(served + missed)} look-ups, ${formatCount(served)} served`}</title>
            <rect
              className="similarity-missed"
              x={at + 0.08}
              width={0.84}
              y={HEIGHT - scaled(missed)}
              height={scaled(missed)}
            />
            <rect
              className="similarity-served"
              x={at + 0.08}
              width={0.84}
              y={HEIGHT - scaled(missed + served)}
              height={scaled(served)}
            />
          </g>
        ))}
        {thresholds.map(({ threshold: inForce, lookUps }) => (
          <line
            key={inForce}
            className="similarity-in-force"
            x1={place(inForce)}
            x2={place(inForce)}
            y1={0}
            y2={HEIGHT}
          >
            <title>{`In force for ${formatCount(lookUps)} look-ups: ${inForce}`}</title>
          </line>
        ))}
        <line className="similarity-tried" x1={place(threshold)} x2={place(threshold)} y1={0} y2={HEIGHT} />
      </svg>
      <div className="similarity-axis soft" aria-hidden="true">
        <span>{first.toFixed(2)}</span>
        <span>{((1 + first) / 2).toFixed(2)}</span>
        <span>1.00</span>
      </div>
    </div>
  );
}
