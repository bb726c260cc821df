import { LEAF, type ForestArrays } from '@relay/prompt';
import { seededRandom } from './random';

export interface ForestOptions {
  readonly trees: number;
  readonly minLeaf: number; // rows
  readonly tries: number; // inputs that are looked at for a split
  readonly seed: number;
}

interface Data {
  readonly inputs: Float64Array; // by row, then input
  readonly inputCount: number;
  readonly targets: Float64Array; // by row, then output; what a leaf answers, 0..1
  readonly contrast: Float64Array; // the same less each row's mean: what splits are chosen by
  readonly outputs: number;
}

interface Split {
  readonly input: number;
  readonly threshold: number;
}

/**
 * Extremely randomised trees (Geurts, Ernst, Wehenkel 2006): of some inputs, each cut at a random place, the cut that tells most. Splits
 * are chosen by how outputs differ from one another within a row, since that is what a choice among models needs.
 */
export function growForest(
  inputs: Float64Array,
  targets: Float64Array,
  outputs: number,
  options: ForestOptions,
): ForestArrays {
  const rows = targets.length / outputs;
  const data = { inputs, inputCount: inputs.length / rows, targets, contrast: contrastOf(targets, outputs), outputs };
  const grower = new Grower(data, options);
  for (let tree = 0; tree < options.trees; tree++) grower.tree(Int32Array.from({ length: rows }, (_, row) => row));
  return grower.arrays();
}

function contrastOf(targets: Float64Array, outputs: number): Float64Array {
  const contrast = targets.slice();
  for (let at = 0; at < contrast.length; at += outputs) {
    const row = contrast.subarray(at, at + outputs);
    const mean = row.reduce((sum, value) => sum + value, 0) / outputs;
    if (outputs > 1) for (let i = 0; i < outputs; i++) row[i] = (row[i] ?? 0) - mean;
  }
  return contrast;
}

class Grower {
  private readonly inputs: number[] = [];
  private readonly thresholds: number[] = [];
  private readonly next: number[] = [];
  private readonly roots: number[] = [];
  private readonly values: number[] = [];
  private readonly random: () => number;

  constructor(
    private readonly data: Data,
    private readonly options: ForestOptions,
  ) {
    this.random = seededRandom(options.seed);
  }

  tree(rows: Int32Array): void {
    this.roots.push(this.newNode());
    this.grow(this.inputs.length - 1, rows);
  }

  arrays(): ForestArrays {
    return {
      inputs: Int16Array.from(this.inputs),
      thresholds: Float32Array.from(this.thresholds),
      next: Int32Array.from(this.next),
      roots: Int32Array.from(this.roots),
      values: Uint8Array.from(this.values, (value) => Math.round(value * 255)),
    };
  }

  private newNode(): number {
    this.inputs.push(LEAF);
    this.thresholds.push(0);
    return this.next.push(0) - 1;
  }

  private grow(node: number, rows: Int32Array): void {
    const split = rows.length >= 2 * this.options.minLeaf ? this.bestSplit(rows) : null;
    if (!split) return this.leaf(node, rows);
    const isLeft = (row: number): boolean => this.inputOf(row, split.input) < split.threshold;
    const [left, right] = [this.newNode(), this.newNode()];
    this.inputs[node] = split.input;
    this.thresholds[node] = split.threshold;
    this.next[node] = left;
    this.grow(left, rows.filter(isLeft));
    this.grow(
      right,
      rows.filter((row) => !isLeft(row)),
    );
  }

  private leaf(node: number, rows: Int32Array): void {
    const { targets, outputs } = this.data;
    this.next[node] = this.values.length / outputs;
    for (let i = 0; i < outputs; i++) {
      let sum = 0;
      for (const row of rows) sum += targets[row * outputs + i] ?? 0;
      this.values.push(sum / rows.length);
    }
  }

  private bestSplit(rows: Int32Array): Split | null {
    let best: Split | null = null;
    let most = -Infinity;
    for (let i = 0; i < this.options.tries; i++) {
      const split = this.randomSplit(rows);
      const told = split ? this.told(rows, split) : -Infinity;
      if (told <= most) continue;
      most = told;
      best = split;
    }
    return best;
  }

  private randomSplit(rows: Int32Array): Split | null {
    const input = Math.floor(this.random() * this.data.inputCount);
    let [low, high] = [Infinity, -Infinity];
    for (const row of rows) {
      const value = this.inputOf(row, input);
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    // as it is stored, in single precision: training and serving part the rows alike
    const threshold = Math.fround(low + (high - low) * (1 - this.random()));
    return low < high ? { input, threshold } : null;
  }

  /** Sum over outputs and sides of (sum of contrasts)^2 / rows, the larger the less variance is left; -Infinity for a side too small. */
  private told(rows: Int32Array, split: Split): number {
    const { contrast, outputs } = this.data;
    const [left, all] = [new Float64Array(outputs), new Float64Array(outputs)];
    let count = 0;
    for (const row of rows) {
      const onLeft = this.inputOf(row, split.input) < split.threshold;
      if (onLeft) count++;
      for (let i = 0; i < outputs; i++) {
        const value = contrast[row * outputs + i] ?? 0;
        all[i] = (all[i] ?? 0) + value;
        if (onLeft) left[i] = (left[i] ?? 0) + value;
      }
    }
    const others = rows.length - count;
    if (count < this.options.minLeaf || others < this.options.minLeaf) return -Infinity;
    return left.reduce((sum, value, i) => sum + value ** 2 / count + ((all[i] ?? 0) - value) ** 2 / others, 0);
  }

  private inputOf(row: number, input: number): number {
    return this.data.inputs[row * this.data.inputCount + input] ?? 0;
  }
}
