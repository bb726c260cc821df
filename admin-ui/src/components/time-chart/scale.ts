/** Round numbers below and at `most`, and the top of the axis. */
export function niceTicks(most: number, about = 3): { readonly top: number; readonly ticks: readonly number[] } {
  if (!(most > 0)) return { top: 1, ticks: [0, 1] };
  const rough = most / about;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough) ?? most;
  const count = Math.ceil(most / step - 1e-9);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** Sums of series upon each other, per point: [bottom, top]. */
export function stack(
  series: readonly (readonly (number | null)[])[],
): readonly (readonly (readonly [number, number])[])[] {
  const heights = new Array<number>(series[0]?.length ?? 0).fill(0);
  return series.map((values) =>
    values.map((value, at) => {
      const bottom = heights[at] ?? 0;
      const top = bottom + Math.max(0, value ?? 0);
      heights[at] = top;
      return [bottom, top] as const;
    }),
  );
}

type Point = readonly [number, number];

/** Points without neighbours, which no line leads through. */
export const lonePoints = (points: readonly (Point | null)[]): readonly Point[] =>
  points.flatMap((point, at) => (point && !points[at - 1] && !points[at + 1] ? [point] : []));

/** A path through known points; gaps stay gaps. */
export function linePath(points: readonly (Point | null)[]): string {
  let open = false;
  return points
    .map((point) => {
      if (!point) {
        open = false;
        return '';
      }
      const begins = !open;
      open = true;
      const at = `${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
      return begins ? `M${at}` : `L${at}`;
    })
    .join('');
}
