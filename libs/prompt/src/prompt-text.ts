import type { ChatMessage } from '@relay/contracts';

/** The text of a conversation, by who wrote it. */
export interface PromptText {
  readonly system: string; // system and developer messages, a line break between them
  readonly user: string; // messages of the user, tools and functions: what comes from outside
  readonly last: string; // the last message of the user
}

type Role = 'system' | 'user' | 'other';

/** Gathers the text of all messages; content parts count by their `text`. */
export function promptText(messages: readonly ChatMessage[]): PromptText {
  let system = '';
  let user = '';
  let last = '';
  for (const message of messages) {
    const role = roleOf(message.role);
    if (role === 'other') continue;
    const text = textOf(message.content);
    if (role === 'system') system += (system ? '\n' : '') + text;
    else user += (user ? '\n' : '') + text;
    if (message.role === 'user') last = text;
  }
  return { system, user, last };
}

function roleOf(role: string): Role {
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'user' || role === 'tool' || role === 'function' ? 'user' : 'other';
}

function textOf(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of content ?? []) {
    if (typeof part['text'] === 'string') text += (text ? '\n' : '') + part['text'];
  }
  return text;
}
