import type { Pooling } from '../thread/thread-protocol';
import type { OnnxOutput, OnnxOutputs } from './onnx-session';

/** Vectors of the tokens: texts x columns x dimensions; a single column where the model has pooled them itself. */
export interface TokenVectors {
  readonly data: Float32Array;
  readonly columns: number;
  readonly dimensions: number;
}

/** What sentence-transformers and transformers call the vectors of the tokens. */
const TOKEN_OUTPUTS = ['last_hidden_state', 'token_embeddings'];
/** Texts x tokens x dimensions. */
const TOKEN_DIMS = 3;

/**
 * The output to make vectors of. Some models also give pooled ones, made as their authors saw fit: these are taken only where there is
 * nothing to pool, as the configuration says how it is to be done.
 */
export function tokenVectors(outputs: OnnxOutputs): TokenVectors {
  const named = TOKEN_OUTPUTS.flatMap((name) => outputs[name] ?? []);
  const all = [...named, ...Object.values(outputs)].flatMap(readable);
  const chosen = all.find(({ pooled }) => !pooled) ?? all[0];
  if (chosen) return chosen.vectors;
  const found = Object.entries(outputs).map(([name, { type, dims }]) => `${name}: ${type} ${dims.join(' x ')}`);
  throw new Error(`the model gives no vectors of float32, but ${found.join(', ')}`);
}

function readable({ data, dims }: OnnxOutput): { readonly vectors: TokenVectors; readonly pooled: boolean }[] {
  const [, columns = 0, dimensions = 0] = dims;
  if (!(data instanceof Float32Array)) return [];
  if (dims.length === TOKEN_DIMS) return [{ vectors: { data, columns, dimensions }, pooled: false }];
  if (dims.length === TOKEN_DIMS - 1) return [{ vectors: { data, columns: 1, dimensions: columns }, pooled: true }];
  return [];
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
