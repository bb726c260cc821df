import { linePath, lonePoints } from './scale';
import type { Series } from './series';

const DOT_RADIUS_PX = 2.5;

interface ChartLineProps {
  readonly series: Pick<Series, 'color' | 'dashed' | 'values'>;
  readonly x: (index: number) => number; // px, the middle of an interval
  readonly y: (value: number) => number;
}

/** A line with gaps where nothing is known; a point that no line leads through is a dot. */
export function ChartLine({ series: { color, dashed, values }, x, y }: ChartLineProps) {
  const points = values.map((value, index) => (value === null ? null : ([x(index), y(value)] as const)));
  return (
    <>
      <path
        fill="none"
        stroke={color}
        strokeWidth={1.5}
        strokeDasharray={dashed ? '4 4' : undefined}
        strokeLinejoin="round"
        strokeLinecap="round"
        d={linePath(points)}
      />
      {lonePoints(points).map(([cx, cy]) => (
        <circle key={cx} cx={cx} cy={cy} r={DOT_RADIUS_PX} fill={color} />
      ))}
    </>
  );
}
