import { sha256Hex } from '@relay/core';
import type { JsonObject } from '../json/json-object';

const ID_DIGITS = 24;
const CHAT_PREFIX = /^chatcmpl-/;

/** The id of a message that chat answered: the completion's, and where it has none, one made of the question. */
export function messageId(completionId: unknown, asked: JsonObject): string {
  const id = typeof completionId === 'string' ? completionId.replace(CHAT_PREFIX, '') : '';
  return `msg_${id === '' ? sha256Hex(JSON.stringify(asked)).slice(0, ID_DIGITS) : id}`;
}

/** Of a call that its server gave no id. `position`: of the call in its message. */
export const callId = (message: string, position: number): string =>
  `toolu_${message.replace(/^msg_/, '')}_${position}`;
