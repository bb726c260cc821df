import './evaluations.css';

interface IntervalMarkProps {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly scale: Scale;
  readonly tone?: 'first' | 'second';
}

/** From where to where marks of one figure stand, so that they can be held against one another. */
export interface Scale {
  readonly from: number;
  readonly to: number;
}

const WIDTH = 100;
const EDGE = 8; // so that a dot at the end is whole

/** A dot where the value is, and a bar as long as its interval. The numbers stand beside it. */
export function IntervalMark({ value, low, high, scale, tone = 'first' }: IntervalMarkProps) {
  if (value === null) return <span className="interval-mark" />;
  const place = (of: number): number => {
    const share = scale.to > scale.from ? (of - scale.from) / (scale.to - scale.from) : 0.5;
    return EDGE + Math.min(1, Math.max(0, share)) * (WIDTH - 2 * EDGE);
  };
  return (
    <svg
      className={`interval-mark is-${tone}`}
      viewBox={`0 0 ${WIDTH} 12`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className="interval-axis" d={`M0 6H${WIDTH}`} />
      {low === null || high === null ? null : (
        <path className="interval-bar" d={`M${place(low)} 6H${Math.max(place(high), place(low) + 0.5)}`} />
      )}
      <path className="interval-dot" d={`M${place(value)} 6h.001`} />
    </svg>
  );
}

/** All values and bounds of a figure. */
export function scaleOf(
  estimates: readonly { value: number | null; low: number | null; high: number | null }[],
): Scale {
  const known = estimates.flatMap(({ value, low, high }) => [value, low, high]).filter((one) => one !== null);
  return known.length === 0 ? { from: 0, to: 1 } : { from: Math.min(...known), to: Math.max(...known) };
}
