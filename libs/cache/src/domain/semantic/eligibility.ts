import type { ChatCompletionRequest, ExecutionPlan } from '@relay/contracts';
import { textOf } from './question';
import { asksAboutNow } from './refusals/time-relative';
import { asksAboutMe } from './refusals/personal';
import { plainText } from './refusals/phrases';
import { ordersAnAct } from './refusals/write-intent';

/** Why a request is neither looked up nor stored by meaning. Stable codes: they stand in traces and metrics. */
export type LookUpRefusal =
  | 'not_text'
  | 'tools_in_conversation'
  | 'images'
  | 'several_answers'
  | 'logprobs'
  | 'hot'
  | 'too_many_turns'
  | 'empty'
  | 'too_long'
  | 'write_intent'
  | 'personal'
  | 'time_relative';

type Terms = Pick<ExecutionPlan['cache']['semantic'], 'maxTurns' | 'maxTemperature'>;

/** Code units of the last user turn. Above, embeddings of two texts that differ in what matters are too close to tell apart. */
const MAX_TEXT_LENGTH = 2_000;
const DEFAULT_TEMPERATURE = 1; // OpenAI's, when none is given

/** The first reason not to look a request up by its meaning, cheapest first; null if there is none. A few µs. */
export function refusalToLookUp(request: ChatCompletionRequest, terms: Terms): LookUpRefusal | null {
  return refusalOfParameters(request, terms) ?? refusalOfMessages(request, terms.maxTurns);
}

function refusalOfParameters(request: ChatCompletionRequest, terms: Terms): LookUpRefusal | null {
  if ((request.n ?? 1) > 1) return 'several_answers';
  if (request['logprobs'] === true || request['top_logprobs']) return 'logprobs';
  const modalities = request['modalities'];
  if (request['audio'] || (Array.isArray(modalities) && modalities.some((kind) => kind !== 'text'))) return 'not_text';
  return (request.temperature ?? DEFAULT_TEMPERATURE) > terms.maxTemperature ? 'hot' : null;
}

function refusalOfMessages({ messages }: ChatCompletionRequest, maxTurns: number): LookUpRefusal | null {
  const asked: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool' || message.role === 'function') return 'tools_in_conversation';
    if (isFilled(message['tool_calls']) || isFilled(message['function_call'])) return 'tools_in_conversation';
    const text = textOf(message.content);
    if (text === null) return 'images';
    if (message.role === 'user') asked.push(text);
  }
  if (asked.length > maxTurns) return 'too_many_turns';
  if (asked.length === 0) return 'empty';
  let refusal: LookUpRefusal | null = null;
  // The turns before count as well: "And in Bruges?" after a question about the weather.
  for (let turn = asked.length - 1; turn >= 0 && refusal === null; turn--) refusal = refusalOfText(asked[turn] ?? '');
  return refusal;
}

const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;

/** Reasons that lie in what is asked. */
export function refusalOfText(asked: string): LookUpRefusal | null {
  if (asked.length > MAX_TEXT_LENGTH) return 'too_long';
  const text = plainText(asked);
  if (text === '') return 'empty';
  if (ordersAnAct(text)) return 'write_intent';
  if (asksAboutMe(text)) return 'personal';
  return asksAboutNow(text) ? 'time_relative' : null;
}
