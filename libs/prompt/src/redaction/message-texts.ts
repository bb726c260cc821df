import type { ChatMessage, ContentPart } from '@relay/contracts';
import { mapJsonStrings } from './json-strings';

type TextMapper = (text: string) => string;

/** Fields of a message that hold text in words. */
export const WORD_FIELDS = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

/** Shorter strings hold nothing that is looked for. */
const MIN_VALUE_CHARS = 6;
const NUMBER = /-?\d[\d.eE+-]{5,}/g;

/**
 * The messages with all their texts mapped: content, the text of content parts, refusals, reasoning, and the arguments of tool calls.
 * Arguments are JSON: their strings are mapped, and numbers that change become strings. Gives back the same objects where nothing
 * changes. Names, ids, images, files and audio are left alone.
 */
export function mapTexts(messages: readonly ChatMessage[], map: TextMapper): ChatMessage[] {
  return messages.map((message) => mapMessage(message, map));
}

function mapMessage(message: ChatMessage, map: TextMapper): ChatMessage {
  const changes: Record<string, unknown> = {};
  for (const field of WORD_FIELDS) {
    const value = message[field];
    if (typeof value === 'string') changes[field] = map(value);
  }
  if (Array.isArray(message.content)) changes['content'] = mapList(message.content, (part) => mapPart(part, map));
  const { tool_calls: calls, function_call: call } = message;
  if (Array.isArray(calls)) changes['tool_calls'] = mapList(calls, (item) => mapCall(item, map));
  if (isObject(call)) changes['function_call'] = mapFields(call, ['arguments'], (text) => mapArguments(text, map));
  return changed(message, changes);
}

const mapPart = (part: ContentPart, map: TextMapper): ContentPart => mapFields(part, ['text', 'refusal'], map);

function mapCall(call: unknown, map: TextMapper): unknown {
  if (!isObject(call)) return call;
  const changes: Record<string, unknown> = {};
  if (isObject(call['function'])) {
    changes['function'] = mapFields(call['function'], ['arguments'], (text) => mapArguments(text, map));
  }
  if (isObject(call['custom'])) changes['custom'] = mapFields(call['custom'], ['input'], map);
  return changed(call, changes);
}

function mapArguments(text: string, map: TextMapper): string {
  if (!isJson(text)) return map(text);
  const mapLong = (value: string): string => (value.length < MIN_VALUE_CHARS ? value : map(value));
  return mapJsonStrings(text, mapLong, (other) =>
    other.replace(NUMBER, (number) => {
      const mapped = map(number);
      return mapped === number ? number : JSON.stringify(mapped);
    }),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function mapFields<T extends Readonly<Record<string, unknown>>>(of: T, fields: readonly string[], map: TextMapper): T {
  const changes: Record<string, unknown> = {};
  for (const field of fields) {
    const value = of[field];
    if (typeof value === 'string') changes[field] = map(value);
  }
  return changed(of, changes);
}

function mapList<T>(list: readonly T[], map: (item: T) => T): readonly T[] {
  const mapped = list.map(map);
  return mapped.some((item, i) => item !== list[i]) ? mapped : list;
}

function changed<T extends Readonly<Record<string, unknown>>>(of: T, changes: Readonly<Record<string, unknown>>): T {
  return Object.keys(changes).some((field) => changes[field] !== of[field]) ? { ...of, ...changes } : of;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
