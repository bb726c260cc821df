import { type GenerativeOperation, isGenerative, type Operation } from '@relay/contracts';
import { chatProtocol } from './chat/chat.protocol';
import { messagesProtocol } from './messages/messages.protocol';
import { completionsProtocol } from './completions/completions.protocol';
import { responsesProtocol } from './responses/responses.protocol';
import type { WireProtocol } from './wire-protocol';

/** One line for each protocol. */
export const PROTOCOLS = {
  chat: chatProtocol,
  completions: completionsProtocol,
  responses: responsesProtocol,
  messages: messagesProtocol,
} satisfies Record<GenerativeOperation, WireProtocol>;

/** The protocol of an operation; null where it asks for no text. */
export function protocolOf(operation: Operation): WireProtocol | null {
  return isGenerative(operation) ? PROTOCOLS[operation] : null;
}
