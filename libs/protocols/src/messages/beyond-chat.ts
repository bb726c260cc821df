import { RelayError } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { blocksOf } from './blocks';
import { isOwnTool } from './chat-tools';

/** Blocks that chat can say, or that it can do without. */
const SAYABLE_BLOCKS: ReadonlySet<unknown> = new Set([
  'text',
  'image',
  'document',
  'search_result',
  'tool_use',
  'tool_result',
  'thinking',
  'redacted_thinking',
]);
/** Sources of images and documents; the others lie with Anthropic, or have to be fetched. */
const SAYABLE_SOURCES: Readonly<Record<string, ReadonlySet<unknown>>> = {
  image: new Set(['base64', 'url']),
  document: new Set(['base64', 'text', 'content']),
};
/** Fields that have Anthropic do more than answer. */
const SERVER_FIELDS = ['mcp_servers', 'container'] as const;

/** Why a question cannot be put to a provider that speaks only chat: leaving out what it says would change what it means. */
export function beyondChat(body: JsonObject): RelayError | null {
  for (const field of SERVER_FIELDS) {
    const value = body[field];
    if (value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)) return refused(field);
  }
  const tool = listOf(body['tools']).findIndex((each) => isJsonObject(each) && !isOwnTool(each));
  if (tool !== -1) return refused(`tools[${tool}].type`);
  for (const [index, message] of listOf(body['messages']).entries()) {
    if (!isJsonObject(message)) continue;
    const path = unsayable(message['content'], `messages[${index}].content`);
    if (path !== null) return refused(path);
  }
  return null;
}

/** Where the first block stands that chat cannot say; null if there is none. */
function unsayable(content: unknown, path: string): string | null {
  if (typeof content === 'string') return null;
  for (const [index, block] of jsonObjects(content).entries()) {
    const { type, source } = block;
    const here = `${path}[${index}]`;
    if (!SAYABLE_BLOCKS.has(type)) return `${here}.type`;
    const sources = SAYABLE_SOURCES[String(type)];
    if (sources && !(isJsonObject(source) && sources.has(source['type']))) return `${here}.source`;
    const inside = type === 'tool_result' ? unsayable(blocksOf(block['content']), `${here}.content`) : null;
    if (inside !== null) return inside;
  }
  return null;
}

function refused(param: string): RelayError {
  const message = `${param}: only a provider of Anthropic's own protocol can serve this; the model that was chosen is not served by one.`;
  return new RelayError('invalid_request', message, { param });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
