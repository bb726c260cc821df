import { completionChunks, DONE_FRAME } from './completion-to-sse';
import { textPieces } from './completion-to-sse-pieces';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';

/** Most pieces that the texts of one answer are cut into; longer texts are cut into longer pieces. */
const MAX_PIECES = 2_000;

/** Fields of a tool call that are told in pieces: those of functions and of custom tools. */
const CALL_TEXTS: Readonly<Record<string, string>> = { function: 'arguments', custom: 'input' };

/**
 * A stored `chat.completion` as the frames in which an OpenAI server would have sent it: texts and arguments of tools in pieces of
 * about a token, all else whole, choices in turn. The first frame has the roles and the first piece, the last one the last finish
 * reason, the usage if asked for and `[DONE]`, so nobody has a complete answer before it. At least one frame. Throws if the body
 * is not JSON, which no stored body is.
 */
export function completionToSseFrames(body: Buffer, options: { readonly includeUsage: boolean }): Buffer[] {
  const { choices, frame, usageFrame } = completionChunks(body, options);
  const chars = choices.flat().reduce((sum, { delta }) => sum + (isJsonObject(delta) ? spokenLength(delta) : 0), 0);
  const atLeast = Math.max(1, Math.ceil(chars / MAX_PIECES));
  const inTurn = interleave(choices.map((chunks) => chunks.flatMap((chunk) => inPieces(chunk, atLeast))));
  const frames = inTurn.map(frame);
  const first = frames.splice(0, Math.min(choices.length + 1, frames.length - 1)).join('');
  const last = (frames.pop() ?? '') + usageFrame + DONE_FRAME;
  return [first, ...frames, last].filter((text) => text !== '').map((text) => Buffer.from(text));
}

/** UTF-16 units of what is told in pieces; names and ids of tool calls among them, which are short. */
const spokenLength = ({ content, refusal, tool_calls: calls, function_call: call }: JsonObject): number =>
  textLength([content, refusal, calls, call]);

function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  const values: unknown[] = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  return values.reduce<number>((sum, one) => sum + textLength(one), 0);
}

/** A chunk of one field as the chunks that say it bit by bit. What else stands in it (log probabilities) goes with the first. */
function inPieces(chunk: JsonObject, atLeast: number): JsonObject[] {
  const deltas = isJsonObject(chunk['delta']) ? deltasOf(chunk['delta'], atLeast) : [];
  const [first, ...rest] = deltas;
  if (!first || rest.length === 0) return [chunk];
  const { index } = chunk;
  return [{ ...chunk, delta: first }, ...rest.map((delta) => ({ index, delta, finish_reason: null }))];
}

/** Nothing if the delta is to stay as it is: the one that names the role, and fields that are told whole. */
function deltasOf(delta: JsonObject, atLeast: number): JsonObject[] {
  const { role, content, refusal, tool_calls: calls, function_call: call } = delta;
  if (role !== undefined) return [];
  if (typeof content === 'string') return textPieces(content, atLeast).map((piece) => ({ content: piece }));
  if (typeof refusal === 'string') return textPieces(refusal, atLeast).map((piece) => ({ refusal: piece }));
  if (isJsonObject(call)) return saidInPieces(call, 'arguments', atLeast).map((part) => ({ function_call: part }));
  return jsonObjects(calls).flatMap((one) => callPieces(one, atLeast).map((part) => ({ tool_calls: [part] })));
}

/** First id, type and name with an empty text, then the text. */
function callPieces(call: JsonObject, atLeast: number): JsonObject[] {
  for (const [kind, field] of Object.entries(CALL_TEXTS)) {
    const said = call[kind];
    if (!isJsonObject(said)) continue;
    const [first, ...rest] = saidInPieces(said, field, atLeast);
    return [{ ...call, [kind]: first }, ...rest.map((part) => ({ index: call['index'], [kind]: part }))];
  }
  return [call];
}

function saidInPieces(said: JsonObject, field: string, atLeast: number): JsonObject[] {
  const text = said[field];
  if (typeof text !== 'string' || text === '') return [said];
  return [{ ...said, [field]: '' }, ...textPieces(text, atLeast).map((piece) => ({ [field]: piece }))];
}

function interleave<T>(rows: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: longest }, (_, turn) => rows.flatMap((row) => row.slice(turn, turn + 1))).flat();
}
