import type { ContentPart } from '@relay/contracts';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { blocksOf, stringOf } from './blocks';

/** Blocks that a user writes, as parts of a chat message: text, images, documents. What chat has no part for is left out. */
export function chatParts(blocks: readonly JsonObject[]): ContentPart[] {
  return blocks.flatMap(partsOf);
}

/** One text, or nothing, as a string, for servers that know no lists; everything else as a list of parts. */
export function chatContent(parts: readonly ContentPart[]): string | ContentPart[] {
  const [only, ...others] = parts;
  if (!only) return '';
  return only['type'] === 'text' && others.length === 0 ? stringOf(only['text']) : [...parts];
}

export const textPart = (text: string): ContentPart => ({ type: 'text', text });

function partsOf(block: JsonObject): ContentPart[] {
  switch (block['type']) {
    case 'text':
      return [textPart(stringOf(block['text']))];
    case 'image': {
      const url = imageUrl(block['source']);
      return url === null ? [] : [{ type: 'image_url', image_url: { url } }];
    }
    case 'document':
      return documentParts(block);
    case 'search_result': {
      const text = blocksOf(block['content']).map((part) => stringOf(part['text']));
      return [textPart([stringOf(block['title']), stringOf(block['source']), ...text].filter(Boolean).join('\n'))];
    }
    default:
      return [];
  }
}

/** Null for a file that lies with the provider. */
function imageUrl(source: unknown): string | null {
  if (!isJsonObject(source)) return null;
  if (source['type'] === 'url') return stringOf(source['url']);
  return source['type'] === 'base64' ? dataUrl(source) : null;
}

const dataUrl = (source: JsonObject): string =>
  `data:${stringOf(source['media_type'])};base64,${stringOf(source['data'])}`;

/** A PDF is a file, other documents are what they say. */
function documentParts({ source, title, context }: JsonObject): ContentPart[] {
  if (!isJsonObject(source)) return [];
  const heading = [title, context].map(stringOf).filter(Boolean);
  if (source['type'] === 'base64') {
    const file = { type: 'file', file: { filename: stringOf(title) || 'document.pdf', file_data: dataUrl(source) } };
    const about = stringOf(context);
    return about === '' ? [file] : [textPart(about), file];
  }
  if (source['type'] === 'text') return [textPart([...heading, stringOf(source['data'])].join('\n'))];
  if (source['type'] !== 'content') return [];
  const parts = chatParts(jsonObjects(blocksOf(source['content'])));
  return heading.length === 0 ? parts : [textPart(heading.join('\n')), ...parts];
}
