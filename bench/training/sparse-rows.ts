import { featureCount, Featuriser, IDF_STEP, type FeatureOptions } from '@relay/prompt';

/** Features of many texts, row by row: those of row r are at `starts[r]` to `starts[r + 1]`. */
export interface SparseRows {
  readonly indices: Int32Array;
  readonly values: Float32Array;
  readonly starts: Int32Array;
}

export function sparseRows(texts: readonly string[], options: FeatureOptions, idf: Float32Array | null): SparseRows {
  const featuriser = new Featuriser(options, idf);
  const starts = new Int32Array(texts.length + 1);
  let indices = new Int32Array(2 ** 16);
  let values = new Float32Array(2 ** 16);
  for (const [row, text] of texts.entries()) {
    const vector = featuriser.featurise(text);
    const start = starts[row] ?? 0;
    const end = start + vector.size;
    if (end > indices.length) {
      indices = grown(indices, new Int32Array(2 * end));
      values = grown(values, new Float32Array(2 * end));
    }
    indices.set(vector.indices.subarray(0, vector.size), start);
    values.set(vector.values.subarray(0, vector.size), start);
    starts[row + 1] = end;
  }
  return { indices, values, starts };
}

function grown<T extends Int32Array | Float32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** ln((1 + texts) / (1 + texts with the feature)) + 1 for each feature, rounded as it is stored; never 0. */
export function inverseDocumentFrequencies(rows: SparseRows, options: FeatureOptions): Uint8Array {
  const texts = rows.starts.length - 1;
  const counts = new Uint32Array(featureCount(options));
  for (let i = 0; i < (rows.starts[texts] ?? 0); i++) {
    const index = rows.indices[i] ?? 0;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return Uint8Array.from(counts, (count) =>
    Math.min(255, Math.round((Math.log((1 + texts) / (1 + count)) + 1) / IDF_STEP)),
  );
}

/** Rows times weights (by feature, then head), by row, then head. */
export function product(rows: SparseRows, weights: Float64Array, heads: number): Float64Array {
  const out = new Float64Array((rows.starts.length - 1) * heads);
  for (let row = 0; row + 1 < rows.starts.length; row++) {
    const to = row * heads;
    for (let i = rows.starts[row] ?? 0; i < (rows.starts[row + 1] ?? 0); i++) {
      const value = rows.values[i] ?? 0;
      const from = (rows.indices[i] ?? 0) * heads;
      for (let h = 0; h < heads; h++) out[to + h] = (out[to + h] ?? 0) + value * (weights[from + h] ?? 0);
    }
  }
  return out;
}

/** Transposed rows times values (by row, then head), by feature, then head. */
export function transposed(rows: SparseRows, byRow: Float64Array, heads: number, features: number): Float64Array {
  const out = new Float64Array(features * heads);
  for (let row = 0; row + 1 < rows.starts.length; row++) {
    const from = row * heads;
    for (let i = rows.starts[row] ?? 0; i < (rows.starts[row + 1] ?? 0); i++) {
      const value = rows.values[i] ?? 0;
      const to = (rows.indices[i] ?? 0) * heads;
      for (let h = 0; h < heads; h++) out[to + h] = (out[to + h] ?? 0) + value * (byRow[from + h] ?? 0);
    }
  }
  return out;
}
