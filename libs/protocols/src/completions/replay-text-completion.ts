import { wantsUsage } from '../chat/chat.protocol';
import { DONE_FRAME } from '../chat/completion-to-sse';
import { textPieces } from '../chat/completion-to-sse-pieces';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';

/** Most pieces that the texts of one answer are cut into; longer texts are cut into longer pieces. */
const MAX_PIECES = 2_000;

/**
 * A stored `text_completion` as the stream that says the same: for each choice its text, the last piece with log probabilities and the
 * reason of its end; then the usage, if asked for and known; then `[DONE]`. Throws if the body is not JSON, which no stored body is.
 */
export function replayTextCompletion(answer: Buffer, asked: JsonObject, inPieces: boolean): Buffer[] {
  const parsed: unknown = JSON.parse(answer.toString());
  const { choices, usage, ...shared } = isJsonObject(parsed) ? parsed : {};
  const includeUsage = wantsUsage(asked);
  const frame = (told: readonly JsonObject[], used: unknown): string =>
    `data: ${JSON.stringify({ ...shared, choices: told, ...(includeUsage ? { usage: used } : {}) })}\n\n`;
  const written = jsonObjects(choices);
  const chars = written.reduce((sum, { text }) => sum + (typeof text === 'string' ? text.length : 0), 0);
  const atLeast = inPieces ? Math.max(1, Math.ceil(chars / MAX_PIECES)) : Infinity;
  const frames = written.flatMap((choice) => choicePieces(choice, atLeast)).map((piece) => frame([piece], null));
  const closing = (includeUsage && isJsonObject(usage) ? frame([], usage) : '') + DONE_FRAME;
  const last = (frames.pop() ?? '') + closing;
  return inPieces ? [...frames, last].map((text) => Buffer.from(text)) : [Buffer.from(frames.join('') + last)];
}

function choicePieces(choice: JsonObject, atLeast: number): JsonObject[] {
  const { text, index } = choice;
  const whole = typeof text === 'string' ? text : '';
  const pieces = atLeast === Infinity ? [whole] : textPieces(whole, atLeast);
  const last = pieces.pop() ?? '';
  const open = pieces.map((piece) => ({ text: piece, index, logprobs: null, finish_reason: null }));
  return [...open, { ...choice, text: last }];
}
