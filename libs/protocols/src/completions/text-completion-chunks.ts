import type { AssembledChunks } from '../chat/stream-assembler';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { mergeDelta } from '../chat/merge-delta';

/** Chunks of `POST /v1/completions` and the `text_completion` that they amount to. */
export const TEXT_COMPLETION_CHUNKS: AssembledChunks = {
  saidIn: ({ text }) => (typeof text === 'string' ? text : ''),
  assemble: assembleTextCompletion,
};

function assembleTextCompletion(chunks: readonly unknown[]): JsonObject | undefined {
  let shared: JsonObject = {};
  let usage: JsonObject | undefined;
  const choices = new Map<number, JsonObject>();
  for (const chunk of chunks) {
    if (!isJsonObject(chunk) || chunk['error']) return undefined;
    const { choices: pieces, usage: told, obfuscation: _filler, ...rest } = chunk;
    shared = { ...rest, ...shared };
    if (isJsonObject(told)) usage = told;
    for (const piece of jsonObjects(pieces)) if (!addPiece(choices, piece)) return undefined;
  }
  const finished = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
  if (finished.length === 0 || finished.some((choice) => typeof choice['finish_reason'] !== 'string')) return undefined;
  return { ...shared, object: 'text_completion', choices: finished, ...(usage ? { usage } : {}) };
}

/** Texts are joined, the lists of log probabilities put one behind the other. False if a piece does not fit what was there. */
function addPiece(choices: Map<number, JsonObject>, piece: JsonObject): boolean {
  const index = typeof piece['index'] === 'number' ? piece['index'] : 0;
  const { text, logprobs, finish_reason: finishReason, ...rest } = piece;
  const choice = choices.get(index) ?? { text: '', index, logprobs: null, finish_reason: null };
  choices.set(index, choice);
  for (const key of Object.keys(rest)) if (rest[key] != null || !(key in choice)) choice[key] = rest[key];
  choice['text'] = `${String(choice['text'])}${typeof text === 'string' ? text : ''}`;
  if (typeof finishReason === 'string') choice['finish_reason'] = finishReason;
  return logprobs == null || mergeDelta(choice, { logprobs });
}
