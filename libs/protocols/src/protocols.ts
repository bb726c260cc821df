import { type GenerativeOperation, isGenerative, type Operation } from '@relay/contracts';
import { chatProtocol } from './chat/chat.protocol';
import { completionsProtocol } from './completions/completions.protocol';
import type { WireProtocol } from './wire-protocol';

/** One line for each protocol. */
export const PROTOCOLS = {
  chat: chatProtocol,
  completions: completionsProtocol,
  responses: chatProtocol,
  messages: chatProtocol,
} satisfies Record<GenerativeOperation, WireProtocol>;

/** The protocol of an operation; null where it asks for no text. */
export function protocolOf(operation: Operation): WireProtocol | null {
  return isGenerative(operation) ? PROTOCOLS[operation] : null;
}
