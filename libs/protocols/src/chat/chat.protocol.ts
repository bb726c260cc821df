import { chatCompletionRequestSchema, type ChatCompletionRequest } from '@relay/contracts';
import { ok, type RelayError } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { readUsage } from '../usage';
import type { WireProtocol } from '../wire-protocol';
import { chatGrammar } from './chat-grammar';
import { finishReasonOf } from './finish-reason';
import { completionToSse } from './completion-to-sse';
import { completionToSseFrames } from './completion-to-sse-frames';
import { StreamAssembler } from './stream-assembler';

/** `POST /v1/chat/completions`, as OpenAI has it. */
export const chatProtocol: WireProtocol = {
  operation: 'chat',
  schema: chatCompletionRequestSchema,
  expected: 'a JSON object with "model" and "messages"',
  toChat: (body) => ok(body as ChatCompletionRequest),
  capField: (body) => (body['max_completion_tokens'] == null ? 'max_tokens' : 'max_completion_tokens'),
  grammar: chatGrammar,
  readAnswer(answer, dialect) {
    if (!jsonObjects(answer['choices']).some(({ message }) => isJsonObject(message))) return null;
    return { usage: readUsage(dialect.usageOf(answer)), finishReason: finishReasonOf(answer) };
  },
  answerToChat: (answer) => answer,
  assembler: (maxBytes) => new StreamAssembler(maxBytes),
  replay(answer, asked, inPieces) {
    const includeUsage = wantsUsage(asked);
    return inPieces ? completionToSseFrames(answer, { includeUsage }) : [completionToSse(answer, { includeUsage })];
  },
  fromChat: null,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
};

/** The app asked for the usage chunk of a stream. */
export function wantsUsage(asked: JsonObject): boolean {
  const options = asked['stream_options'];
  return isJsonObject(options) && options['include_usage'] === true;
}

/** An error as OpenAI's clients know it. */
export function openaiErrorBody(error: RelayError): object {
  return error.toBody();
}

export function openaiErrorFrames(error: RelayError): string {
  return `event: error\ndata: ${JSON.stringify(openaiErrorBody(error))}\n\n`;
}
