import type { Operation } from '@relay/contracts';
import { type JsonObject, parseObject, protocolOf } from '@relay/protocols';

/** A whole answer as a chat completion; null where it is none, or generates no text. */
export function chatAnswer(operation: Operation, body: Buffer): JsonObject | null {
  const answer = parseObject(body.toString('utf8'));
  return answer && (protocolOf(operation)?.answerToChat(answer) ?? null);
}
