import type { ChatCompletionRequest, ChatMessage, ContentPart } from '@relay/contracts';
import { fingerprintText } from '../fingerprint-text';
import { DELIVERY_FIELDS, isDefault } from '../parameter-defaults';

/** A request taken apart: what is compared by meaning, and what must be equal. */
export interface Question {
  /** The last turn of the user; text parts are joined by line breaks. Never blank. */
  readonly text: string;
  /** Everything else that can change the answer, as a JSON value to be hashed. */
  readonly rest: unknown;
}

/** Null when the user has said nothing in words: no turn, a blank one, or one with a part that is not text. */
export function questionOf(request: ChatCompletionRequest): Question | null {
  const at = request.messages.findLastIndex(({ role }) => role === 'user');
  const asked = request.messages[at];
  const text = asked ? textOf(asked.content) : null;
  if (asked === undefined || text === null || text.trim() === '') return null;
  const messages = request.messages.with(at, withoutText(asked));
  return { text, rest: [...parametersOf(request), ['messages', messages]] };
}

/** What a message says; null if part of it is not text. */
export function textOf(content: ChatMessage['content']): string | null {
  if (typeof content === 'string') return content;
  const texts: string[] = [];
  for (const part of content ?? []) {
    const text = part['text'];
    if (part.type !== 'text' || typeof text !== 'string') return null;
    texts.push(text);
  }
  return texts.join('\n');
}

/** The asked message keeps its place and every field but its words: a name, or what a content part carries besides text. */
function withoutText({ content, ...rest }: ChatMessage): ChatMessage {
  const carried = Array.isArray(content) ? content.map(carriedBy).filter((fields) => fields !== null) : [];
  return { ...rest, content: carried };
}

function carriedBy({ text: _text, ...fields }: ContentPart): ContentPart | null {
  return Object.keys(fields).length > 1 ? fields : null;
}

/** By name, as the exact key takes them: null is absent, and so are explicit defaults. */
function parametersOf(request: ChatCompletionRequest): [name: string, value: unknown][] {
  const parameters: [string, unknown][] = [];
  for (const name of Object.keys(request).sort()) {
    const value = request[name];
    if (name === 'messages' || value === null || value === undefined || DELIVERY_FIELDS.has(name)) continue;
    if (!isDefault(name, fingerprintText(value))) parameters.push([name, value]);
  }
  return parameters;
}
