import type { Pooling } from '../thread/thread-protocol';
import type { OnnxOutput } from './onnx-session';

/** Vectors of the tokens: texts x columns x dimensions; a single column where the model has pooled them itself. */
export interface TokenVectors {
  readonly data: Float32Array;
  readonly columns: number;
  readonly dimensions: number;
}

export function tokenVectors({ data, dims, type }: OnnxOutput): TokenVectors {
  if (!(data instanceof Float32Array)) throw new Error(`the model gives ${type}, not float32`);
  const [, columns, dimensions] = dims;
  if (dims.length === 2 && columns !== undefined) return { data, columns: 1, dimensions: columns };
  if (dims.length !== 3 || columns === undefined || dimensions === undefined)
    throw new Error(`the model gives ${dims.join(' x ')} numbers, not texts x tokens x dimensions`);
  return { data, columns, dimensions };
}

/** The vector of one text, of which so many columns are tokens and the rest fills up the row. */
export function pool(
  { data, columns, dimensions }: TokenVectors,
  row: number,
  tokens: number,
  how: Pooling,
): Float32Array {
  const first = row * columns * dimensions;
  const count = how === 'cls' ? 1 : Math.min(tokens, columns);
  const sum = new Float32Array(dimensions);
  for (let at = 0; at < count * dimensions; at++) {
    const dimension = at % dimensions;
    sum[dimension] = (sum[dimension] ?? 0) + (data[first + at] ?? 0);
  }
  return sum; // its length does not matter: it is made 1
}
