import { isJsonObject, jsonObjects, type JsonObject } from '@relay/protocols';

const REFERENCE = 'item_reference';
/** Items that say everything by themselves; their ids are only known where they were made, and are refused elsewhere. */
const FREE_OF_IDS: ReadonlySet<unknown> = new Set([
  undefined, // a message in short
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]);

/** Whether it can be read as items; what cannot is refused by whoever reads the whole body. */
export function isInput(input: unknown): boolean {
  return (input ?? null) === null || typeof input === 'string' || (Array.isArray(input) && input.every(isJsonObject));
}

/** The input of a request as items. */
export function inputItems(input: unknown): readonly JsonObject[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  return jsonObjects(input);
}

export const outputItems = (answer: JsonObject): readonly JsonObject[] => jsonObjects(answer['output']);

export function idOf(item: JsonObject): string | null {
  return typeof item['id'] === 'string' ? item['id'] : null;
}

/**
 * An item of an earlier answer as the input of the next request, to an upstream that kept nothing; null for reasoning that only the
 * upstream could have kept (OpenAI refuses it, unless its encrypted content comes along).
 */
export function toInput(item: JsonObject): JsonObject | null {
  if (item['type'] === 'reasoning') return isTold(item) ? item : null;
  if (!FREE_OF_IDS.has(item['type'])) return item;
  const { id: _left, ...rest } = item;
  return rest;
}

/** The id that a reference names; null: the item is no reference. */
export function referenceOf(item: JsonObject): string | null {
  const { type, role } = item;
  return type === REFERENCE || ((type ?? null) === null && role === undefined) ? idOf(item) : null;
}

/** Reasoning in full: encrypted, or in plain text, as models have it whose providers hide nothing. */
function isTold({ encrypted_content: encrypted, content }: JsonObject): boolean {
  return typeof encrypted === 'string' || (Array.isArray(content) && content.length > 0);
}
