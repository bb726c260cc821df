import { isGenerative, type GenerativeOperation, type Operation } from '@relay/contracts';
import type { ChatDialect } from './chat/chat-dialect';
import type { JsonObject } from './json/json-object';
import { plainGrammar, WHOLE } from './plain/plain-grammar';
import { PROTOCOLS } from './protocols';
import type { StreamGrammar } from './stream-grammar';
import { readUsage } from './usage';
import type { AnswerFacts } from './wire-protocol';

/** The list without which there is no answer; null: JSON of any form, as transcripts are. */
const LISTS: Readonly<Record<Exclude<Operation, GenerativeOperation>, string | null>> = {
  embeddings: 'data',
  moderations: 'results',
  'images.generations': 'data',
  'images.edits': 'data',
  'images.variations': 'data',
  'audio.speech': null,
  'audio.transcriptions': null,
  'audio.translations': null,
};

/** What a whole answer tells, whatever was asked for; null if it is none: an error, or anything else, sent with status 200. */
export function readAnswer(operation: Operation, answer: JsonObject, dialect: ChatDialect): AnswerFacts | null {
  if (isGenerative(operation)) return PROTOCOLS[operation].readAnswer(answer, dialect);
  const list = LISTS[operation];
  if (answer['error'] || (list !== null && !Array.isArray(answer[list]))) return null;
  return { usage: readUsage(answer['usage']), finishReason: WHOLE };
}

/** How a stream of this operation is read. */
export function grammarOf(operation: Operation, dialect: ChatDialect): StreamGrammar {
  return isGenerative(operation) ? PROTOCOLS[operation].grammar(dialect) : plainGrammar;
}
