import { jsonObjects, type JsonObject } from '../json/json-object';
import { endOf } from './response-end';

/** How a response ended, in the words of chat; where it calls tools it stops for these. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  max_output_tokens: 'length',
  content_filter: 'content_filter',
};

/** A response as a chat completion: what was said, refused, thought and called. What a provider's own tools did is left out. */
export function responseToChatAnswer(response: JsonObject): JsonObject {
  const { id, created_at: created, model, usage } = response;
  const output = jsonObjects(response['output']);
  const parts = output.filter(({ type }) => type === 'message').flatMap(({ content }) => jsonObjects(content));
  const thoughts = output.filter(({ type }) => type === 'reasoning').flatMap(thoughtsOf);
  const calls = output.flatMap(callsOf);
  const refusal = textOf(parts, 'refusal', 'refusal');
  const thought = thoughts.join('\n');
  const message = {
    role: 'assistant',
    content: textOf(parts, 'output_text', 'text') || null,
    ...(refusal === '' ? {} : { refusal }),
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const finishReason = FINISH_REASONS[endOf(response) ?? ''] ?? (calls.length > 0 ? 'tool_calls' : 'stop');
  const choices = [{ index: 0, message, finish_reason: finishReason }];
  return { id, object: 'chat.completion', created, model, choices, ...(usage ? { usage } : {}) };
}

function textOf(parts: readonly JsonObject[], type: string, field: string): string {
  return parts
    .filter((part) => part['type'] === type)
    .map((part) => (typeof part[field] === 'string' ? part[field] : ''))
    .join('');
}

/** The summary repeats the text, where there is one. */
function thoughtsOf({ content, summary }: JsonObject): string[] {
  const told = jsonObjects(content).length > 0 ? content : summary;
  return jsonObjects(told).map(({ text }) => (typeof text === 'string' ? text : ''));
}

function callsOf({ type, call_id: id, name, arguments: given, input }: JsonObject): JsonObject[] {
  if (type === 'function_call') return [{ id, type: 'function', function: { name, arguments: given } }];
  return type === 'custom_tool_call' ? [{ id, type: 'custom', custom: { name, input } }] : [];
}
