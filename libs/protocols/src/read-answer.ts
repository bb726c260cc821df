import { isGenerative, type Operation } from '@relay/contracts';
import type { ChatDialect } from './chat/chat-dialect';
import type { JsonObject } from './json/json-object';
import { plainGrammar, WHOLE } from './plain/plain-grammar';
import { PROTOCOLS } from './protocols';
import type { StreamGrammar } from './stream-grammar';
import { readUsage } from './usage';
import type { AnswerFacts } from './wire-protocol';

/** What a whole answer tells, whatever was asked for; null if it is none: an error sent with status 200. */
export function readAnswer(operation: Operation, answer: JsonObject, dialect: ChatDialect): AnswerFacts | null {
  if (isGenerative(operation)) return PROTOCOLS[operation].readAnswer(answer, dialect);
  if (answer['error']) return null;
  return { usage: readUsage(answer['usage']), finishReason: WHOLE };
}

/** How a stream of this operation is read. */
export function grammarOf(operation: Operation, dialect: ChatDialect): StreamGrammar {
  return isGenerative(operation) ? PROTOCOLS[operation].grammar(dialect) : plainGrammar;
}
