interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly color?: string;
  readonly width?: number;
  readonly height?: number;
}

/** The shape of a series, without numbers: what it stands for is told beside it. Where nothing is known there is a gap. */
export function Sparkline({ values, color = 'var(--series-1)', width = 104, height = 28 }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const most = Math.max(...known, 0) || 1;
  const step = width / Math.max(1, values.length - 1);
  const parts = runsOf(values).map((run) =>
    run.map(({ at, value }) => ({ x: at * step, y: height - 1 - (value / most) * (height - 3) })),
  );
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {parts.map((points) => (
        <g key={points[0]?.x}>
          <polygon points={areaOf(points, height)} fill={color} opacity={0.14} />
          <polyline points={lineOf(points)} fill="none" stroke={color} strokeWidth={1.4} strokeLinejoin="round" />
        </g>
      ))}
    </svg>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const lineOf = (points: readonly Point[]): string =>
  points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
const areaOf = (points: readonly Point[], height: number): string =>
  `${points[0]?.x.toFixed(1)},${height} ${lineOf(points)} ${points.at(-1)?.x.toFixed(1)},${height}`;

/** Neighbours that are known, together. */
function runsOf(
  values: readonly (number | null)[],
): readonly (readonly { readonly at: number; readonly value: number }[])[] {
  const runs: { at: number; value: number }[][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last?.at(-1)?.at === at - 1) last.push({ at, value });
    else runs.push([{ at, value }]);
  });
  return runs;
}
