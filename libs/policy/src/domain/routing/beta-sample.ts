import type { SeededDraws } from './seeded';

const MAX_ROUNDS = 64; // each accepts with a probability above 0.95
const SMALLEST = 1e-12; // a logarithm of 0 has no value

/** One draw from Beta(a, b), a and b above 0, as a ratio of two gamma draws. */
export function betaSample(a: number, b: number, draws: SeededDraws): number {
  const x = gammaSample(a, draws);
  const y = gammaSample(b, draws);
  return x + y === 0 ? a / (a + b) : x / (x + y);
}

/** Marsaglia & Tsang (2000), "A simple method for generating gamma variables"; shapes below 1 by their boost. */
function gammaSample(shape: number, draws: SeededDraws): number {
  if (shape < 1) return gammaSample(shape + 1, draws) * draws.next() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const x = normalSample(draws);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(Math.max(SMALLEST, draws.next())) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
  return d; // the mode
}

/** Box & Muller (1958). */
function normalSample(draws: SeededDraws): number {
  const radius = Math.sqrt(-2 * Math.log(Math.max(SMALLEST, draws.next())));
  return radius * Math.cos(2 * Math.PI * draws.next());
}
