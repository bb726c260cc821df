import { jsonObjects, type JsonObject } from '../json/json-object';
import { stringOf } from './blocks';
import { toolCall } from './chat-messages';
import { messageToChatUsage } from './message-usage';
import { toFinishReason } from './stop-reasons';

/** A whole message as a chat completion. */
export function messageToChat({ id, model, content, stop_reason, usage }: JsonObject): JsonObject {
  const blocks = jsonObjects(content);
  const text = joined(blocks, 'text', 'text');
  const thinking = joined(blocks, 'thinking', 'thinking');
  const calls = blocks.filter((block) => block['type'] === 'tool_use').map(toolCall);
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(thinking === '' ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const told = messageToChatUsage(usage);
  return {
    id,
    object: 'chat.completion',
    created: 0, // messages do not tell
    model,
    choices: [{ index: 0, message, finish_reason: toFinishReason(stop_reason) }],
    ...(told === undefined ? {} : { usage: told }),
  };
}

function joined(blocks: readonly JsonObject[], type: string, field: string): string {
  return blocks.map((block) => (block['type'] === type ? stringOf(block[field]) : '')).join('');
}
