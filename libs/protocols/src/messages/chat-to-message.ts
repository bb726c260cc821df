import { isJsonObject, jsonObjects, parseObject, type JsonObject } from '../json/json-object';
import { readUsage } from '../usage';
import { stringOf, wantsThinking } from './blocks';
import { callId, messageId } from './message-id';
import { toMessageUsage } from './message-usage';
import { toStop } from './stop-reasons';

/** A chat completion as a message: its first choice, as messages have no other. `asked`: the body of the request. */
export function chatToMessage(chat: JsonObject, asked: JsonObject): JsonObject {
  const choice = jsonObjects(chat['choices'])[0] ?? {};
  const said = isJsonObject(choice['message']) ? choice['message'] : {};
  const id = messageId(chat['id'], asked);
  const calls = jsonObjects(said['tool_calls']).map((call, position) => toolUse(call, callId(id, position)));
  const finish = choice['finish_reason'];
  const end = {
    finishReason: typeof finish === 'string' ? finish : null,
    matched: choice['stop_reason'],
    hasCalls: calls.length > 0,
    isRefusal: stringOf(said['refusal']) !== '',
  };
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: chat['model'] ?? asked['model'],
    content: [...(wantsThinking(asked) ? thinkingOf(said) : []), ...textOf(said), ...calls],
    ...toStop(end, asked),
    usage: toMessageUsage(readUsage(chat['usage'])),
  };
}

/** What was thought, wherever this server says it. Nobody signed it. */
export const reasoningOf = (said: JsonObject): string =>
  stringOf(said['reasoning_content']) || stringOf(said['reasoning']);

function thinkingOf(said: JsonObject): JsonObject[] {
  const thinking = reasoningOf(said);
  return thinking === '' ? [] : [{ type: 'thinking', thinking, signature: '' }];
}

function textOf({ content, refusal }: JsonObject): JsonObject[] {
  const parts = jsonObjects(content).map((part) => stringOf(part['text']));
  const text = stringOf(content) + parts.join('') + stringOf(refusal);
  return text === '' ? [] : [{ type: 'text', text }];
}

/** Arguments that are no JSON object stay the text that they are: they are the client's to judge. */
function toolUse({ id, function: called }: JsonObject, otherwise: string): JsonObject {
  const { name, arguments: given } = isJsonObject(called) ? called : {};
  const text = stringOf(given);
  const input = text.trim() === '' ? {} : (parseObject(text) ?? text);
  return { type: 'tool_use', id: stringOf(id) || otherwise, name: stringOf(name), input };
}
