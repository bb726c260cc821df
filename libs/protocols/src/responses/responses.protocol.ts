import { responsesRequestSchema } from '@relay/contracts';
import { ok, type RelayError } from '@relay/core';
import { openaiErrorBody } from '../chat/chat.protocol';
import { readUsage } from '../usage';
import type { WireProtocol } from '../wire-protocol';
import { responseFromChat } from './chat-to-response';
import { replayResponse } from './replay';
import { ResponseAssembler } from './response-assembler';
import { endOf } from './response-end';
import { responseOverrides } from './response-overrides';
import { responseToChatAnswer } from './response-to-chat-answer';
import { responseToChatRequest } from './response-to-chat-request';
import { responsesGrammar } from './responses-grammar';
import { untranslatable } from './untranslatable';

/** Greater than the number of any event before: nobody knows how many the provider had sent. */
const LAST_SEQUENCE_NUMBER = 2_147_483_647;

/** `POST /v1/responses`, as OpenAI has it, as far as a request needs nothing but what it brings. */
export const responsesProtocol: WireProtocol = {
  operation: 'responses',
  schema: responsesRequestSchema,
  expected: 'a JSON object with "model" and "input"',
  toChat: (body) => ok(responseToChatRequest(body)),
  untranslatable,
  capField: () => 'max_output_tokens',
  overrides: responseOverrides,
  grammar: () => responsesGrammar,
  readAnswer(answer) {
    const { error, output, status } = answer;
    if (error || status === 'failed' || typeof status !== 'string' || !Array.isArray(output)) return null;
    return { usage: readUsage(answer['usage']), finishReason: endOf(answer) };
  },
  answerToChat: responseToChatAnswer,
  assembler: (maxBytes) => new ResponseAssembler(maxBytes),
  replay: (answer, _asked, inPieces) => replayResponse(answer, inPieces),
  fromChat: responseFromChat,
  errorBody: openaiErrorBody,
  errorFrames,
};

/**
 * The documented event is flat. OpenAI's own clients throw only for one that has an `error`, as its servers send it, and others read
 * nothing else, so it says the same in both places.
 */
function errorFrames(error: RelayError): string {
  const { code, message, param } = error;
  const flat = { type: 'error', code, message, param, sequence_number: LAST_SEQUENCE_NUMBER };
  return `event: error\ndata: ${JSON.stringify({ ...flat, ...openaiErrorBody(error) })}\n\n`;
}
