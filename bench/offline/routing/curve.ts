/** One way to route: mean USD for 1,000 requests, and mean score. */
export interface Point {
  readonly usd: number;
  readonly score: number;
}

/** What each model really scored and cost, by model. */
export interface Outcome {
  readonly scores: readonly number[];
  readonly usd: readonly number[];
}

const PER_REQUESTS = 1_000;

/** What came of serving each row by the model of `choices`. */
export function pointOf(rows: readonly Outcome[], choices: readonly number[]): Point {
  let [dollars, score] = [0, 0];
  for (const [i, { scores, usd }] of rows.entries()) {
    const model = choices[i] ?? -1;
    dollars += usd[model] ?? Number.NaN;
    score += scores[model] ?? Number.NaN;
  }
  return { usd: (dollars / rows.length) * PER_REQUESTS, score: score / rows.length };
}

/** By rising cost. */
export const curveOf = (points: readonly Point[]): Point[] =>
  [...points].sort((a, b) => a.usd - b.usd || a.score - b.score);

/** The place of the cheapest point that reaches `score`, else of the best one. */
export function cheapestReaching(points: readonly Point[], score: number): number {
  const best = Math.max(...points.map((point) => point.score));
  let chosen = -1;
  for (const [i, point] of points.entries()) {
    if (point.score < Math.min(score, best)) continue;
    if (point.usd < (points[chosen]?.usd ?? Infinity)) chosen = i;
  }
  return chosen;
}

/** Mean score over the range of costs `from` to `to` when one always pays for the best point within the budget, between points mixed. */
export function areaUnder(curve: readonly Point[], from: number, to: number): number {
  const hull = upperHull(curve);
  const steps = 200;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += scoreAt(hull, from + ((i + 0.5) / steps) * (to - from));
  return sum / steps;
}

/** Scores at even steps of the budget from `from` to `to`, both included. */
export function scoresBetween(curve: readonly Point[], from: number, to: number, steps: number): number[] {
  const hull = upperHull(curve);
  return Array.from({ length: steps + 1 }, (_, i) => scoreAt(hull, from + (i / steps) * (to - from)));
}

/** Least mean cost at which a mix of points reaches `score`; NaN where none does. */
export function costOf(curve: readonly Point[], score: number): number {
  const hull = upperHull(curve);
  for (const [i, point] of hull.entries()) {
    if (point.score < score) continue;
    const before = hull[i - 1];
    if (!before) return point.usd;
    return before.usd + ((point.usd - before.usd) * (score - before.score)) / (point.score - before.score);
  }
  return Number.NaN;
}

/** The points that no mix of two others beats, from the cheapest to the best. Needs the curve by rising cost. */
function upperHull(curve: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of curve) {
    const last = hull.at(-1);
    if (last && point.score <= last.score) continue;
    if (last && point.usd === last.usd) hull.pop();
    while (hull.length > 1 && isBelow(hull.at(-2), hull.at(-1), point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

function isBelow(a: Point | undefined, middle: Point | undefined, b: Point): boolean {
  if (!a || !middle) return false;
  return (middle.score - a.score) * (b.usd - a.usd) <= (b.score - a.score) * (middle.usd - a.usd);
}

function scoreAt(hull: readonly Point[], usd: number): number {
  const next = hull.findIndex((point) => point.usd > usd);
  if (next < 0) return hull.at(-1)?.score ?? Number.NaN;
  const [after, before] = [hull[next], hull[next - 1]];
  if (!after || !before) return after?.score ?? Number.NaN;
  return before.score + ((after.score - before.score) * (usd - before.usd)) / (after.usd - before.usd);
}
