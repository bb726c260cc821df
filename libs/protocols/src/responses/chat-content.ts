import type { ContentPart } from '@relay/contracts';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';

/**
 * The content of an item as a chat message has it. Text alone becomes a string where many servers of chat take nothing else, which is
 * everywhere but in a user's list of several parts.
 */
export function chatContent(content: unknown, role: string): string | ContentPart[] {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  const parts = jsonObjects(content).map(chatPart);
  const texts = parts.map((part) => (part.type === 'text' ? String(part['text']) : null));
  const isText = texts.every((text) => text !== null);
  return isText && (role !== 'user' || texts.length <= 1) ? texts.join('') : parts;
}

/** A part that chat has no form for stays as it is: it counts in estimates, and is refused before it is sent. */
function chatPart(part: JsonObject): ContentPart {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text':
      return { type: 'text', text: typeof part['text'] === 'string' ? part['text'] : '' };
    case 'input_image':
      return { type: 'image_url', image_url: imageOf(part) };
    case 'input_file':
      return { type: 'file', file: fileOf(part) };
    default:
      return part as ContentPart;
  }
}

/** `original` is a level of detail that chat does not know; left out it means that the model decides. */
function imageOf({ image_url: url, detail }: JsonObject): JsonObject {
  const known = detail === 'low' || detail === 'high' || detail === 'auto';
  return { url: typeof url === 'string' ? url : '', ...(known ? { detail } : {}) };
}

function fileOf(part: JsonObject): JsonObject {
  const fields = ['file_id', 'filename', 'file_data'].filter((field) => typeof part[field] === 'string');
  return Object.fromEntries(fields.map((field) => [field, part[field]]));
}

/** What a tool answered, as text where it is text. */
export function toolContent(output: unknown): string | ContentPart[] {
  if (typeof output === 'string' || Array.isArray(output)) return chatContent(output, 'tool');
  return output === undefined || output === null ? '' : JSON.stringify(isJsonObject(output) ? output : [output]);
}
