import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vectors } from '../embedder.port';
import { normalise } from '../normalise';
import type { LoadedModel, OnnxModel, ThreadText } from '../thread/thread-protocol';
import { TOKENIZER_FILE } from './model-files';
import { type OnnxSession, openSession } from './onnx-session';
import { pool, tokenVectors } from './pooling';
import { openTokenizer, type TextTokenizer } from './text-tokenizer';

const HASH_DIGITS = 12;

/** A sentence-transformers model; to be used in a thread only. */
export async function loadOnnx(task: OnnxModel): Promise<LoadedModel> {
  const { folder, model } = task.files;
  const weights = await readFile(path.join(folder, model));
  const tokenizer = await openTokenizer(folder, task.maxTokens);
  const session = await openSession(task.runtime, weights);
  return {
    id: idOf(task, weights, await readFile(path.join(folder, TOKENIZER_FILE))),
    embed: (texts) => embed(session, tokenizer, task, texts),
  };
}

/** Files of the same name may differ, so that the name alone does not say whether vectors can be compared. */
function idOf({ name, pooling }: OnnxModel, weights: Buffer, tokenizer: Buffer): string {
  const hash = createHash('sha256').update(weights).update(tokenizer).digest('hex').slice(0, HASH_DIGITS);
  return `onnx/${name}/${pooling}@${hash}`;
}

async function embed(
  session: OnnxSession,
  tokenizer: TextTokenizer,
  { pooling }: OnnxModel,
  texts: readonly ThreadText[],
): Promise<Vectors> {
  const encoded = texts.map(({ text, gist }) => (gist ? tokenizer.encodeGist(text) : tokenizer.encode(text)));
  const readable = encoded.filter((ids) => ids !== null);
  if (readable.length === 0) return texts.map(() => null);
  const output = tokenVectors(await session.run(readable, tokenizer.padId));
  const pooled = readable.map((ids, row) => normalise(pool(output, row, ids.length, pooling)));
  return encoded.map((ids) => (ids === null ? null : (pooled.shift() ?? null)));
}
