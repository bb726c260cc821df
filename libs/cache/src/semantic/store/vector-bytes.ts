/** Most that an HNSW index over halfvec takes (pgvector 0.8). */
const MAX_DIMENSIONS = 4_000;
/** Values as text are whole numbers of 1e-7: off by 5e-8 at most, as half precision, which they are kept in, is from 1e-4 on. */
const STEPS = 1e7;
const HEADER_BYTES = 4; // number of dimensions, and 2 bytes that pgvector does not use

/** Whether a vector can be kept and compared: it has a direction, and an index takes it. */
function isStorable(vector: Float32Array): boolean {
  if (vector.length === 0 || vector.length > MAX_DIMENSIONS) return false;
  let squares = 0;
  for (const value of vector) squares += value * value;
  // Half precision ends at 65504 and begins at 6e-8: what is far from length 1 would lose its direction.
  return squares > 0.01 && squares < 100;
}

/** A `vector` as PostgreSQL's binary format has it (pgvector's `vector_recv`); null where it cannot be stored. 512 dimensions are 2 kB, as text 5 or more. */
export function vectorBytes(vector: Float32Array): Buffer | null {
  if (!isStorable(vector)) return null;
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + vector.length * Float32Array.BYTES_PER_ELEMENT);
  let at = bytes.writeUInt32BE(vector.length * 0x1_0000);
  for (const value of vector) at = bytes.writeFloatBE(value, at);
  return bytes;
}

/** The same as text, for lists of vectors. As whole numbers of steps, since V8 writes integers four times as fast as the shortest decimals of numbers. */
export function vectorText(vector: Float32Array): string | null {
  if (!isStorable(vector)) return null;
  const steps = new Int32Array(vector.length);
  vector.forEach((value, i) => (steps[i] = Math.round(value * STEPS)));
  return `[${steps.join('e-7,')}e-7]`;
}
