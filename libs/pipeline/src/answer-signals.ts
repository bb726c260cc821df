import type { ChatCompletionRequest, Operation } from '@relay/contracts';
import { firstChoice, isJson, opensLikeRefusal, textOf } from './answer-facts';

/** What automatic checks make of an answer, from 0 (of no use) to 1 (nothing wrong was seen). */
const USELESS = 0;
const REFUSED = 0.25; // which may have been right
const CUT_OFF = 0.5;
const SOUND = 1;

/** Longer answers are not parsed a second time for it. In bytes. */
const MAX_JUDGED_BYTES = 65_536;

/**
 * Whether an answer does what was asked for, as far as that can be seen without reading it: its first choice says something, is JSON
 * where that was wanted, calls tools with JSON, came to its end and does not refuse. `null` where nothing can be told.
 */
export function answerSignal(
  operation: Operation,
  { response_format: format }: ChatCompletionRequest,
  body: Buffer,
): number | null {
  if (body.length > MAX_JUDGED_BYTES) return null;
  const { message, finish_reason: finishReason } = firstChoice(operation, body);
  if (!message) return null;
  const text = textOf(message.content);
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as unknown[]) : [];
  if (finishReason === 'length') return text === '' && calls.length === 0 ? USELESS : CUT_OFF;
  if (message.refusal || finishReason === 'content_filter') return REFUSED;
  if (calls.length > 0) return calls.every(hasJsonArguments) ? SOUND : USELESS;
  if (text.trim() === '') return USELESS;
  if (format && format.type !== 'text') return isJson(text) ? SOUND : USELESS;
  return opensLikeRefusal(text) ? REFUSED : SOUND;
}

/** Calls of custom tools have no arguments; those of a function without parameters may be empty. */
function hasJsonArguments(call: unknown): boolean {
  const given = (call as { function?: { arguments?: unknown } } | null)?.function?.arguments;
  return typeof given !== 'string' || given === '' || isJson(given);
}
