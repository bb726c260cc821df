import { z } from 'zod';
import { normalise } from '../normalise';

/** More than pgvector can index as half-precision vectors. */
const MAX_DIMENSIONS = 4_000;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BYTES_PER_FLOAT = 4;

const replySchema = z.object({
  data: z.array(
    z.object({
      index: z.int().nonnegative(),
      embedding: z.union([z.array(z.number()).max(MAX_DIMENSIONS), z.string().regex(BASE64)]),
    }),
  ),
});

/**
 * The vectors of an answer of `/embeddings`, in the order of the texts and of length 1. They come as numbers, or as 32-bit floats, least
 * significant byte first, in Base64. Throws if it is not one vector of numbers a text, all equally long.
 */
export function readEmbeddings(reply: unknown, count: number): Float32Array[] {
  const parsed = replySchema.safeParse(reply);
  if (!parsed.success) throw new Error('the answer is no list of embeddings');
  const byIndex = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
  if (parsed.data.data.length !== count || byIndex.size !== count)
    throw new Error(`${parsed.data.data.length} embeddings came for ${count} texts`);
  const vectors = Array.from({ length: count }, (_, index) => vectorOf(byIndex.get(index)));
  const dimensions = vectors[0]?.length ?? 0;
  if (dimensions < 2 || dimensions > MAX_DIMENSIONS) throw new Error(`vectors of ${dimensions} dimensions came`);
  if (vectors.some(({ length }) => length !== dimensions)) throw new Error('the vectors differ in their dimensions');
  return vectors;
}

function vectorOf(embedding: number[] | string | undefined): Float32Array {
  const values = typeof embedding === 'string' ? floatsOf(embedding) : embedding;
  const vector = values && normalise(values);
  if (!vector) throw new Error('one of the embeddings is no vector');
  return vector;
}

function floatsOf(base64: string): number[] | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length % BYTES_PER_FLOAT !== 0 || bytes.length > MAX_DIMENSIONS * BYTES_PER_FLOAT) return undefined;
  return Array.from({ length: bytes.length / BYTES_PER_FLOAT }, (_, index) =>
    bytes.readFloatLE(index * BYTES_PER_FLOAT),
  );
}
