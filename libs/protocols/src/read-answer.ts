import { isGenerative, type Operation } from '@relay/contracts';
import type { ChatDialect } from './chat/chat-dialect';
import { chatGrammar } from './chat/chat-grammar';
import type { JsonObject } from './json/json-object';
import { PROTOCOLS } from './protocols';
import type { StreamGrammar } from './stream-grammar';
import { readUsage } from './usage';
import type { AnswerFacts } from './wire-protocol';

/** How an answer ends that is not generated word by word. */
const WHOLE = 'stop';

/** What a whole answer tells, whatever was asked for; null if it is none: an error sent with status 200. */
export function readAnswer(operation: Operation, answer: JsonObject, dialect: ChatDialect): AnswerFacts | null {
  if (isGenerative(operation)) return PROTOCOLS[operation].readAnswer(answer, dialect);
  if (answer['error']) return null;
  return { usage: readUsage(answer['usage']), finishReason: WHOLE };
}

/** How a stream of this operation is read; what is not generated text is streamed in chunks that chat's grammar reads well enough. */
export function grammarOf(operation: Operation, dialect: ChatDialect): StreamGrammar {
  return isGenerative(operation) ? PROTOCOLS[operation].grammar(dialect) : chatGrammar(dialect);
}
