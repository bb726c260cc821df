import { ok } from '@relay/core';
import type { WireProtocol } from '../wire-protocol';
import { beyondChat } from './beyond-chat';
import { ChatToEvents } from './chat-to-events';
import { chatToMessage } from './chat-to-message';
import { MessageAssembler } from './message-assembler';
import { messageErrorBody, messageErrorFrames } from './message-errors';
import { messageOverrides } from './message-overrides';
import { messageToChat } from './message-to-chat';
import { messageToFrames } from './message-to-events';
import { mergeMessageUsage } from './message-usage';
import { messagesGrammar } from './messages-grammar';
import { messagesRequestSchema } from './messages-request.schema';
import { messagesToChat } from './messages-to-chat';

/** `POST /v1/messages`, as Anthropic has it (https://docs.anthropic.com/en/api/messages). */
export const messagesProtocol: WireProtocol = {
  operation: 'messages',
  schema: messagesRequestSchema,
  expected: 'a JSON object with "model", "max_tokens" and "messages"',
  toChat: (body) => ok(messagesToChat(body)),
  untranslatable: beyondChat,
  capField: () => 'max_tokens',
  overrides: messageOverrides,
  meaningfulHeaders: ['anthropic-version', 'anthropic-beta'],
  grammar: () => messagesGrammar,
  readAnswer(answer) {
    if (answer['type'] !== 'message' || !Array.isArray(answer['content'])) return null;
    const reason = answer['stop_reason'];
    return {
      usage: mergeMessageUsage(null, answer['usage']),
      finishReason: typeof reason === 'string' ? reason : null,
    };
  },
  answerToChat: messageToChat,
  assembler: (maxBytes) => new MessageAssembler(maxBytes),
  replay: (answer, _asked, inPieces) => messageToFrames(answer, inPieces),
  fromChat: {
    answer: chatToMessage,
    stream: (asked) => new ChatToEvents(asked),
  },
  errorBody: messageErrorBody,
  errorFrames: messageErrorFrames,
};
