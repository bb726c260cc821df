import { seededRandom, shuffled } from './random';

/** Which of `count` folds each row is in; rows with the same key are in the same one, else a model is asked what it was told. */
export function foldsOf(keys: readonly string[], count: number, seed: number): Uint8Array {
  const distinct = [...new Set(keys)];
  const order = shuffled(distinct.length, seededRandom(seed));
  const folds = new Map(distinct.map((key, i) => [key, (order[i] ?? 0) % count]));
  return Uint8Array.from(keys, (key) => folds.get(key) ?? 0);
}
