interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly color?: string;
  readonly width?: number;
  readonly height?: number;
}

/** The shape of a series, without numbers: what it stands for is told beside it. */
export function Sparkline({ values, color = 'var(--series-1)', width = 104, height = 28 }: SparklineProps) {
  const known = values.map((value) => value ?? 0);
  const most = Math.max(...known, 0) || 1;
  const step = width / Math.max(1, known.length - 1);
  const points = known.map(
    (value, at) => `${(at * step).toFixed(1)},${(height - 1 - (value / most) * (height - 3)).toFixed(1)}`,
  );
  if (points.length < 2) return null;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <polygon points={`0,${height} ${points.join(' ')} ${width},${height}`} fill={color} opacity={0.14} />
      <polyline points={points.join(' ')} fill="none" stroke={color} strokeWidth={1.4} strokeLinejoin="round" />
    </svg>
  );
}
