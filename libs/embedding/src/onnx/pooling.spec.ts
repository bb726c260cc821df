import type { OnnxOutput } from './onnx-session';
import { pool, tokenVectors } from './pooling';

const output = (data: unknown, ...dims: number[]): OnnxOutput => ({ type: typeof data, data, dims });
const floats = (...values: number[]): Float32Array => Float32Array.from(values);

/** Two texts of one and two tokens with two dimensions; the first one's row is filled up. */
const TOKENS = output(floats(1, 2, 900, 900, 3, 4, 5, 6), 2, 2, 2);
const POOLED = output(floats(7, 8, 9, 10), 2, 2);
const MASK = output(BigInt64Array.of(1n, 0n, 1n, 1n), 2, 2);

describe('what a model gives', () => {
  it('is pooled over the tokens of each text only', () => {
    const vectors = tokenVectors({ last_hidden_state: TOKENS });
    expect(pool(vectors, 0, 1, 'mean')).toEqual(floats(1, 2));
    expect(pool(vectors, 1, 2, 'mean')).toEqual(floats(8, 10)); // of another length than the mean, with its direction
    expect(pool(vectors, 1, 2, 'cls')).toEqual(floats(3, 4));
  });

  it.each([
    ['by its name', { other: output(floats(0, 0), 1, 1, 2), token_embeddings: TOKENS }],
    ['by its shape', { attention_mask: MASK, sentence: POOLED, output_1: TOKENS }],
  ])('is recognised %s', (_name, outputs) => {
    expect(tokenVectors(outputs).data).toBe(TOKENS.data);
  });

  it('is taken as it is where it is pooled already', () => {
    const vectors = tokenVectors({ attention_mask: MASK, sentence_embedding: POOLED });
    expect(pool(vectors, 1, 2, 'mean')).toEqual(floats(9, 10));
  });

  it('is of no use if it has no numbers of the kind that is read', () => {
    expect(() => tokenVectors({ attention_mask: MASK })).toThrow('attention_mask');
    expect(() => tokenVectors({})).toThrow('no vectors');
  });
});
