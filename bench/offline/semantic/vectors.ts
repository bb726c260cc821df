import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Embedder } from '@relay/embedding';

/** Results of embedding are kept here, so that only the first run of a scenario embeds. Below the repository, never in it. */
const CACHE = path.resolve(__dirname, '../../../..', 'node_modules', '.cache', 'relay-bench');
/** Of the built-in embedder. */
export const DIMENSIONS = 512;
const HASH_BYTES = 32;
const BATCH = 32;
const SAID_EACH = 1_000; // texts

/**
 * Vectors of texts, in order. The file holds, a text: SHA-256, then the vector as 32-bit numbers (the machine's byte order);
 * all zero where the embedder gives none: such a text is never near another.
 */
export async function vectorsOf(
  texts: readonly string[],
  embedder: Embedder,
  dimensions: number,
  say: (line: string) => void,
): Promise<Float32Array[]> {
  const file = path.join(CACHE, `${String(embedder.id).replaceAll('/', '_')}.bin`);
  const known = await readKnown(file, dimensions);
  const missing = [...new Set(texts.filter((text) => !known.has(hashOf(text))))];
  if (missing.length > 0)
    say(`embedding ${missing.length} texts, about 20 ms each; kept in ${path.relative('.', file)}`);
  await mkdir(CACHE, { recursive: true });
  for (let at = 0; at < missing.length; at += BATCH) {
    const batch = missing.slice(at, at + BATCH);
    const vectors = (await embedder.embed(batch)).map((vector) => vector ?? new Float32Array(dimensions));
    await appendFile(file, Buffer.concat(batch.flatMap((text, i) => [digest(text), bytesOf(vectors[i])])));
    batch.forEach((text, i) => known.set(hashOf(text), vectors[i] ?? new Float32Array(dimensions)));
    if (at % SAID_EACH < BATCH && at > 0) say(`${at} of ${missing.length}`);
  }
  return texts.map((text) => known.get(hashOf(text)) ?? new Float32Array(dimensions));
}

async function readKnown(file: string, dimensions: number): Promise<Map<string, Float32Array>> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  const known = new Map<string, Float32Array>();
  const size = HASH_BYTES + dimensions * Float32Array.BYTES_PER_ELEMENT;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const vector = bytes.buffer.slice(bytes.byteOffset + at + HASH_BYTES, bytes.byteOffset + at + size);
    known.set(bytes.toString('base64', at, at + HASH_BYTES), new Float32Array(vector));
  }
  return known;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const hashOf = (text: string): string => digest(text).toString('base64');
const bytesOf = (vector: Float32Array | undefined): Buffer =>
  vector ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength) : Buffer.alloc(0);
