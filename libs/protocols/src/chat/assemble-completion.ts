import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { mergeDelta } from './merge-delta';

/** Chunk fields that are not simply carried over into the completion. */
const CHUNK_FIELDS: ReadonlySet<string> = new Set(['object', 'choices', 'usage', 'obfuscation']);

interface ChoiceState {
  readonly choice: JsonObject;
  readonly message: JsonObject;
}

/** The `chat.completion` that a stream's chunks amount to; `undefined` if one is an error or not understood, or a choice lacks its end. */
export function assembleCompletion(chunks: readonly unknown[]): JsonObject | undefined {
  const completion: JsonObject = {};
  const choices = new Map<number, ChoiceState>();
  let usage: JsonObject | undefined;
  for (const chunk of chunks) {
    if (!isJsonObject(chunk) || isPresent(chunk['error'])) return undefined;
    carryOver(completion, chunk);
    if (isJsonObject(chunk['usage'])) usage = chunk['usage'];
    for (const piece of jsonObjects(chunk['choices'])) if (!addPiece(choices, piece)) return undefined;
  }
  const finished = finishChoices(choices);
  if (finished === undefined) return undefined;
  completion['object'] = 'chat.completion';
  completion['choices'] = finished;
  if (usage) completion['usage'] = usage;
  return completion;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/** The first chunk that says something wins; Azure's first chunk has an empty id and model. */
function carryOver(completion: JsonObject, chunk: JsonObject): void {
  for (const key of Object.keys(chunk)) {
    if (CHUNK_FIELDS.has(key) || completion[key]) continue;
    if (key in completion && !chunk[key]) continue;
    completion[key] = chunk[key];
  }
  completion['object'] ??= 'chat.completion'; // takes its usual place, after the id
}

function addPiece(choices: Map<number, ChoiceState>, piece: JsonObject): boolean {
  const { index: givenIndex, delta, logprobs, ...rest } = piece;
  const index = typeof givenIndex === 'number' ? givenIndex : 0;
  let state = choices.get(index);
  if (state === undefined) {
    state = { choice: { index }, message: {} };
    choices.set(index, state);
  }
  for (const key of Object.keys(rest))
    if (isPresent(rest[key]) || !(key in state.choice)) state.choice[key] = rest[key];
  if (logprobs !== undefined && !mergeDelta(state.choice, { logprobs })) return false;
  return !isPresent(delta) || (isJsonObject(delta) && mergeMessage(state.message, delta));
}

/** Tool calls without an index are told apart by their ids: a new id starts a call, a piece without one continues the last. */
function mergeMessage(message: JsonObject, delta: JsonObject): boolean {
  const calls = delta['tool_calls'];
  if (!Array.isArray(calls) || calls.every((call) => isJsonObject(call) && typeof call['index'] === 'number')) {
    return mergeDelta(message, delta);
  }
  let next = jsonObjects(message['tool_calls']).length;
  const numbered = jsonObjects(calls).map((call) => ({ index: call['id'] || next === 0 ? next++ : next - 1, ...call }));
  return numbered.length === calls.length && mergeDelta(message, { ...delta, tool_calls: numbered });
}

function finishChoices(choices: ReadonlyMap<number, ChoiceState>): JsonObject[] | undefined {
  if (choices.size === 0) return undefined;
  const finished: JsonObject[] = [];
  for (const [, { choice, message }] of [...choices].sort(([a], [b]) => a - b)) {
    const { index, finish_reason: finishReason, ...rest } = choice;
    if (!isPresent(finishReason)) return undefined;
    finished.push({ index, message: finishMessage(message), finish_reason: finishReason, ...rest });
  }
  return finished;
}

function finishMessage(message: JsonObject): JsonObject {
  const { role, content, tool_calls: toolCalls, ...rest } = message;
  const finished: JsonObject = { role: role ?? 'assistant', content: content ?? null, ...rest };
  if (toolCalls !== undefined)
    finished['tool_calls'] = jsonObjects(toolCalls).map(({ index: _index, ...call }) => call);
  return finished;
}
