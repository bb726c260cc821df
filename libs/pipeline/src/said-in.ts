import type { Operation } from '@relay/contracts';
import { saidText } from '@relay/prompt';
import { jsonObjects } from '@relay/protocols';
import { chatAnswer } from './operations/chat-answer';

/** What all choices of a whole answer say; a body without choices counts as it is. Of generated text only: images and recordings are none. */
export function saidInBody(operation: Operation, body: Buffer): string {
  const choices = chatAnswer(operation, body)?.['choices'];
  if (!Array.isArray(choices)) return body.toString('utf8');
  return jsonObjects(choices)
    .map((choice) => saidText(choice['message']))
    .join('\n');
}
