import { jsonObjects, type JsonObject } from '../json/json-object';

/** The content of a message or of a tool's result as blocks: a string is one block of text. */
export function blocksOf(content: unknown): JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return jsonObjects(content);
}

export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The app wants to see what the model thinks. Without it Anthropic sends no thinking, and apps expect the text as the first block. */
export function wantsThinking(asked: JsonObject): boolean {
  const thinking = asked['thinking'] as JsonObject | null | undefined;
  return typeof thinking?.['type'] === 'string' && thinking['type'] !== 'disabled';
}
