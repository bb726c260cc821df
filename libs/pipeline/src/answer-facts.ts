import type { Operation } from '@relay/contracts';
import type { AnswerFacts } from '@relay/policy';
import { jsonObjects } from '@relay/protocols';
import { chatAnswer } from './operations/chat-answer';

/** How models open a refusal in English, German, French and Spanish; what an answer says later is about something else. */
const REGRET = "(?:(?:i'm|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|unfortunately)[,.]?(?: but)? ";
const UNABLE =
  "i (?:can't|cannot|can not|won't|will not|must decline to|am (?:unable|not able) to)|i'm (?:unable|not able) to";
const HELP =
  'help(?! but)|assist|comply|provide|fulfil|answer|do that|do this|discuss|support|create|generate|write|share|engage|continue|participate';
const REFUSAL = new RegExp(
  [
    `^(?:${REGRET})?(?:${UNABLE}) (?:${HELP})`,
    '^(?:es tut mir leid|tut mir leid|leider)[,.]?(?: aber)? (?:ich kann|das kann ich|dabei kann ich)[^.]{0,40} nicht',
    '^(?:je suis désolée?|désolée?)[,.]?(?: mais)? je ne (?:peux|puis) pas',
    '^lo (?:siento|lamento)[,.]?(?: pero)? no puedo',
  ].join('|'),
);
/** Longer than any opening above. In UTF-16 code units. */
const OPENING_LENGTH = 160;

interface Message {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly tool_calls?: unknown;
}

interface Choice {
  readonly message?: Message;
  readonly finish_reason?: unknown;
}

/** What a cascade's condition reads of a whole answer: its first choice. A body that is no chat completion has no text. */
export function answerFacts(operation: Operation, body: Buffer): AnswerFacts {
  const choice = firstChoice(operation, body);
  const text = textOf(choice.message?.content);
  const finishReason = typeof choice.finish_reason === 'string' ? choice.finish_reason : '';
  const said = choice.message?.refusal;
  return {
    text,
    chars: text.length,
    finishReason,
    isJson: isJson(text),
    hasToolCalls: Array.isArray(choice.message?.tool_calls) && choice.message.tool_calls.length > 0,
    refusal: (typeof said === 'string' && said !== '') || finishReason === 'content_filter' || opensLikeRefusal(text),
  };
}

/** Of a whole answer, as chat has it; empty where it is none. */
export function firstChoice(operation: Operation, body: Buffer): Choice {
  return jsonObjects(chatAnswer(operation, body)?.['choices'])[0] ?? {};
}

/** Text of a message: a string, or the text parts of a list. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as ({ text?: unknown } | null)[])
    .map((part) => (typeof part?.text === 'string' ? part.text : ''))
    .join('');
}

/** Whether all of it is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function opensLikeRefusal(text: string): boolean {
  return REFUSAL.test(text.trimStart().slice(0, OPENING_LENGTH).toLowerCase().replaceAll('’', "'"));
}
