import { softmax, type LinearArtifact } from '@relay/prompt';
import { seededRandom, shuffled } from './random';
import type { SparseRows } from './sparse-rows';

/** Keeps the first steps of rare features small; from 1e-8 on, they learned their rows by heart. */
const FIRST_SQUARE = 1;

export type Link = LinearArtifact['link'];

export interface SgdOptions {
  readonly link: Link;
  readonly epochs: number;
  readonly rate: number; // first step of AdaGrad
  readonly l2: number; // pull towards 0 at each step that touches a weight
  readonly seed: number;
}

export interface Weights {
  readonly weights: Float32Array; // by feature, then head
  readonly bias: Float64Array;
}

/**
 * Stochastic gradient descent with a step size for each weight (AdaGrad: Duchi, Hazan, Singer 2011). Squared loss for `identity`,
 * cross-entropy for `logistic` and `softmax`. `targets`: by row, then head; NaN where a row says nothing about a head.
 */
export function descend(
  rows: SparseRows,
  targets: Float32Array,
  heads: number,
  features: number,
  options: SgdOptions,
): Weights {
  const { link, epochs, rate, l2, seed } = options;
  const count = rows.starts.length - 1;
  const random = seededRandom(seed);
  const weights = new Float32Array(features * heads);
  const squares = new Float32Array(features * heads).fill(FIRST_SQUARE);
  const bias = startBias(targets, heads, link);
  const gradient = new Float64Array(heads);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const row of shuffled(count, random)) {
      const start = rows.starts[row] ?? 0;
      const end = rows.starts[row + 1] ?? 0;
      gradient.set(bias);
      for (let i = start; i < end; i++) {
        const value = rows.values[i] ?? 0;
        const at = (rows.indices[i] ?? 0) * heads;
        for (let h = 0; h < heads; h++) gradient[h] = (gradient[h] ?? 0) + value * (weights[at + h] ?? 0);
      }
      toGradient(gradient, targets, row * heads, link);
      for (let i = start; i < end; i++) {
        const value = rows.values[i] ?? 0;
        const at = (rows.indices[i] ?? 0) * heads;
        for (let h = 0; h < heads; h++) {
          const weight = weights[at + h] ?? 0;
          const slope = (gradient[h] ?? 0) * value + l2 * weight;
          const square = (squares[at + h] ?? 0) + slope * slope;
          squares[at + h] = square;
          weights[at + h] = weight - (rate * slope) / Math.sqrt(square);
        }
      }
    }
  }
  return { weights, bias };
}

/** Turns sums into the derivative of the loss by the sums, in place. */
function toGradient(sums: Float64Array, targets: Float32Array, at: number, link: Link): void {
  if (link === 'softmax') softmax(sums);
  for (let h = 0; h < sums.length; h++) {
    const target = targets[at + h] ?? Number.NaN;
    const sum = sums[h] ?? 0;
    const predicted = link === 'logistic' ? 1 / (1 + Math.exp(-sum)) : sum;
    sums[h] = Number.isNaN(target) ? 0 : predicted - target;
  }
}

/** The bias that predicts each head's mean when nothing else is known. */
function startBias(targets: Float32Array, heads: number, link: Link): Float64Array {
  const sums = new Float64Array(heads);
  const counts = new Float64Array(heads);
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i] ?? Number.NaN;
    if (Number.isNaN(target)) continue;
    sums[i % heads] = (sums[i % heads] ?? 0) + target;
    counts[i % heads] = (counts[i % heads] ?? 0) + 1;
  }
  return sums.map((sum, h) => {
    const mean = (sum + 0.5) / ((counts[h] ?? 0) + 1);
    if (link === 'identity') return mean;
    return link === 'logistic' ? Math.log(mean / (1 - mean)) : Math.log(mean);
  });
}
