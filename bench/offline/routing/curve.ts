/** One way to route: mean USD for 1,000 requests, and mean score. */
export interface Point {
  readonly usd: number;
  readonly score: number;
}

/** Rows to route: what is expected of each model, what it would really score and cost. */
export interface Routable {
  readonly expected: readonly (readonly number[])[]; // by row, then model
  readonly scores: readonly (readonly number[])[];
  readonly usd: readonly (readonly number[])[];
}

const PER_REQUESTS = 1_000;

/** Score that a USD per 1,000 requests must be worth: from quality at any price to price alone. */
const EXCHANGE_RATES = [0, ...Array.from({ length: 60 }, (_, i) => 1e-4 * 10 ** (i / 10)), Infinity];

/**
 * The model with the largest expected score - rate x USD per 1,000 requests, as the relay's hybrid strategy ranks them with its weights
 * for latency and load at 0; the cheaper one of equals.
 */
export function chosenModel(expected: readonly number[], usd: readonly number[], rate: number): number {
  let best = 0;
  for (let model = 1; model < expected.length; model++) {
    const dollars = (usd[model] ?? 0) - (usd[best] ?? 0);
    const gain = rate === Infinity ? 0 : (expected[model] ?? 0) - (expected[best] ?? 0) - rate * dollars * PER_REQUESTS;
    if (gain > 0 || (gain === 0 && dollars < 0)) best = model;
  }
  return best;
}

export function pointAt({ expected, scores, usd }: Routable, rate: number): Point {
  let [dollars, score] = [0, 0];
  for (const [row, ratings] of expected.entries()) {
    const prices = usd[row] ?? [];
    const model = chosenModel(ratings, prices, rate);
    dollars += prices[model] ?? 0;
    score += scores[row]?.[model] ?? 0;
  }
  return { usd: (dollars / expected.length) * PER_REQUESTS, score: score / expected.length };
}

/** A point for each exchange rate, and `more` points, by rising cost. */
export function curveOf(routable: Routable, more: readonly Point[] = []): Point[] {
  return [...more, ...EXCHANGE_RATES.map((rate) => pointAt(routable, rate))].sort(
    (a, b) => a.usd - b.usd || a.score - b.score,
  );
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
