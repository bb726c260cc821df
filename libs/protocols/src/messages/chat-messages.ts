import type { ChatMessage, ContentPart } from '@relay/contracts';
import type { JsonObject } from '../json/json-object';
import { blocksOf, stringOf } from './blocks';
import { chatContent, chatParts, textPart } from './chat-parts';

/** The system prompt and the conversation, as messages of chat. */
export function chatMessages(system: unknown, messages: readonly JsonObject[]): ChatMessage[] {
  const instructions = systemText(system);
  const first: ChatMessage[] = instructions === '' ? [] : [{ role: 'system', content: instructions }];
  return [...first, ...messages.flatMap(messagesOf)];
}

function messagesOf({ role, content }: JsonObject): ChatMessage[] {
  const blocks = blocksOf(content);
  if (role === 'assistant') return [assistantMessage(blocks)];
  if (role === 'system') return [{ role: 'system', content: systemText(content) }];
  return userMessages(blocks);
}

const systemText = (content: unknown): string =>
  blocksOf(content)
    .map((block) => stringOf(block['text']))
    .join('\n\n');

/** What was thought is left out: chat's servers take no thoughts back. */
function assistantMessage(blocks: readonly JsonObject[]): ChatMessage {
  const text = blocks.map((block) => (block['type'] === 'text' ? stringOf(block['text']) : '')).join('');
  const calls = blocks.filter((block) => block['type'] === 'tool_use').map(toolCall);
  if (calls.length === 0) return { role: 'assistant', content: text };
  return { role: 'assistant', content: text === '' ? null : text, tool_calls: calls };
}

export function toolCall({ id, name, input }: JsonObject): JsonObject {
  const given = typeof input === 'string' ? input : JSON.stringify(input ?? {}); // a string: what was no JSON when it came
  return { id, type: 'function', function: { name, arguments: given } };
}

/** Results of tools come first: chat wants them right behind the message that made the calls. */
function userMessages(blocks: readonly JsonObject[]): ChatMessage[] {
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  const shown = results.flatMap(shownImages);
  const parts = [...shown, ...chatParts(blocks.filter((block) => block['type'] !== 'tool_result'))];
  const messages: ChatMessage[] = results.map(toolMessage);
  if (parts.length === 0 && messages.length > 0) return messages;
  return [...messages, { role: 'user', content: chatContent(parts) }];
}

function toolMessage({ tool_use_id, content, is_error }: JsonObject): ChatMessage {
  const parts = chatParts(blocksOf(content)).filter((part) => part['type'] === 'text');
  const text = parts.map((part) => stringOf(part['text'])).join('\n');
  return { role: 'tool', tool_call_id: tool_use_id, content: is_error === true ? `Error: ${text}` : text };
}

/** Messages of tools hold text only: their images and files follow as the user's. */
function shownImages({ tool_use_id, content }: JsonObject): ContentPart[] {
  const parts = chatParts(blocksOf(content)).filter((part) => part['type'] !== 'text');
  return parts.length === 0 ? [] : [textPart(`Shown by the result of ${stringOf(tool_use_id)}:`), ...parts];
}
