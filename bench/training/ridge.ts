import type { Weights } from './sgd';
import { product, transposed, type SparseRows } from './sparse-rows';

export interface RidgeOptions {
  readonly alpha: number; // weight of the squared weights against the squared errors
  readonly iterations: number; // of conjugate gradients; few are a pull towards 0 as well
}

/**
 * Ridge regression, each head for itself, by conjugate gradients on the normal equations (CGLS: Björck 1996, 7.4). Nothing is random.
 * `targets`: by row, then head; NaN where a row says nothing about a head.
 */
export function ridge(
  rows: SparseRows,
  targets: Float32Array,
  heads: number,
  features: number,
  { alpha, iterations }: RidgeOptions,
): Weights {
  const bias = means(targets, heads);
  const residual = Float64Array.from(targets, (target, i) =>
    Number.isNaN(target) ? 0 : target - (bias[i % heads] ?? 0),
  );
  const known = Uint8Array.from(targets, (target) => (Number.isNaN(target) ? 0 : 1));
  const weights = new Float64Array(features * heads);
  const slope = transposed(rows, residual, heads, features);
  const direction = slope.slice();
  let norm = squaresByHead(slope, heads);
  for (let round = 0; round < iterations; round++) {
    const change = product(rows, direction, heads);
    for (let i = 0; i < change.length; i++) if (known[i] === 0) change[i] = 0;
    const [fit, size] = [squaresByHead(change, heads), squaresByHead(direction, heads)];
    const step = norm.map((value, h) => quotient(value, (fit[h] ?? 0) + alpha * (size[h] ?? 0)));
    addScaled(weights, direction, step, 1);
    addScaled(residual, change, step, -1);
    slope.set(transposed(rows, residual, heads, features));
    for (let i = 0; i < slope.length; i++) slope[i] = (slope[i] ?? 0) - alpha * (weights[i] ?? 0);
    const next = squaresByHead(slope, heads);
    const keep = next.map((value, h) => quotient(value, norm[h] ?? 0));
    for (let i = 0; i < direction.length; i++)
      direction[i] = (slope[i] ?? 0) + (keep[i % heads] ?? 0) * (direction[i] ?? 0);
    norm = next;
  }
  return { weights: Float32Array.from(weights), bias };
}

const quotient = (a: number, b: number): number => (b > 0 ? a / b : 0);

function means(targets: Float32Array, heads: number): Float64Array {
  const sums = new Float64Array(heads);
  const counts = new Float64Array(heads);
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i] ?? Number.NaN;
    if (Number.isNaN(target)) continue;
    sums[i % heads] = (sums[i % heads] ?? 0) + target;
    counts[i % heads] = (counts[i % heads] ?? 0) + 1;
  }
  return sums.map((sum, h) => quotient(sum, counts[h] ?? 0));
}

function squaresByHead(values: Float64Array, heads: number): Float64Array {
  const sums = new Float64Array(heads);
  for (let i = 0; i < values.length; i++) sums[i % heads] = (sums[i % heads] ?? 0) + (values[i] ?? 0) ** 2;
  return sums;
}

function addScaled(to: Float64Array, what: Float64Array, step: Float64Array, sign: number): void {
  const heads = step.length;
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + sign * (step[i % heads] ?? 0) * (what[i] ?? 0);
}
