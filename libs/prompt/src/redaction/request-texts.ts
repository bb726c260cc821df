import { MAX_INSPECTED_CHARS, MAX_INSPECTED_DEPTH } from '../signals/inspection';
import { mapJsonStrings } from './json-strings';

type TextMapper = (text: string) => string;
export type JsonObject = Readonly<Record<string, unknown>>;

/** Where the API takes images, audio and files inline. */
const BINARY_FIELDS: ReadonlySet<string> = new Set(['url', 'image_url', 'file_data', 'data']);
/** Base64 in one piece, perhaps of a data URL. Shorter ones are looked at: no image or recording is that small. */
const MIN_BINARY_CHARS = 256;
const DATA_URL = /^data:[^,]{0,256};base64,/;
const NOT_BASE64 = /[^A-Za-z0-9+/]/g;
const PADDING = /^={0,2}$/;

/** Fields whose text is JSON. */
const ARGUMENTS = 'arguments';
const NUMBER = /-?\d[\d.eE+-]{5,}/g;

/**
 * The request, in whatever protocol, with every string value mapped, wherever it stands, but for the name of the model and inline binary
 * data; messages come first, the other fields in their order. Names of fields are left alone. Arguments of tool calls are JSON: their strings and names are
 * mapped, and numbers that change become strings. Gives back the same objects where nothing changes. Covers everything where
 * `isInspectable`.
 */
export function mapTexts<T extends JsonObject>(request: T, map: TextMapper): T {
  const { model: _model, messages, ...others } = request;
  const mappedMessages = mapValue(messages, 'messages', map, 1);
  const mappedOthers = mapObject(others, map, 1);
  if (mappedMessages === messages && mappedOthers === others) return request;
  return { ...request, ...mappedOthers, ...(messages === undefined ? {} : { messages: mappedMessages }) };
}

/** Whether all there is to look at is little enough, and not too deep, to be looked at whole. Binary data does not count. */
export function isInspectable(request: JsonObject): boolean {
  return sizeOf(request, '', 0) <= MAX_INSPECTED_CHARS;
}

/** Characters of all texts, and one for each value; infinite where it is too deep. */
function sizeOf(value: unknown, field: string, depth: number): number {
  if (typeof value === 'string') return 1 + textLength(value, field);
  if (typeof value !== 'object' || value === null) return 1;
  if (depth === MAX_INSPECTED_DEPTH) return Infinity;
  let size = 1;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item, field, depth + 1);
  else for (const name of Object.keys(value)) size += sizeOf((value as JsonObject)[name], name, depth + 1);
  return size;
}

/** How much of the string is text, at its beginning: of a data URL what stands before the data. */
function textLength(value: string, field: string): number {
  if (!BINARY_FIELDS.has(field)) return value.length;
  const start = DATA_URL.exec(value)?.[0].length ?? 0;
  NOT_BASE64.lastIndex = start;
  const end = NOT_BASE64.exec(value)?.index ?? value.length;
  return end - start >= MIN_BINARY_CHARS && PADDING.test(value.slice(end, end + 3)) ? start : value.length;
}

/** `field`: the nearest name before the value. */
function mapValue(value: unknown, field: string, map: TextMapper, depth: number): unknown {
  if (typeof value === 'string') return mapString(value, field, map);
  if (typeof value !== 'object' || value === null || depth === MAX_INSPECTED_DEPTH) return value;
  return Array.isArray(value) ? mapList(value, field, map, depth + 1) : mapObject(value as JsonObject, map, depth + 1);
}

function mapList(list: readonly unknown[], field: string, map: TextMapper, depth: number): readonly unknown[] {
  const mapped = list.map((item) => mapValue(item, field, map, depth));
  return mapped.some((item, i) => item !== list[i]) ? mapped : list;
}

/** By entries: assigning to a field named `__proto__` would lose it. */
function mapObject<T extends JsonObject>(object: T, map: TextMapper, depth: number): T {
  let changed = false;
  const entries = Object.entries(object).map(([name, value]) => {
    const mapped = mapValue(value, name, map, depth);
    changed ||= mapped !== value;
    return [name, mapped];
  });
  return changed ? (Object.fromEntries(entries) as T) : object;
}

function mapString(value: string, field: string, map: TextMapper): string {
  const length = textLength(value, field);
  if (length < value.length) return map(value.slice(0, length)) + value.slice(length);
  return field === ARGUMENTS && isJson(value) ? mapArguments(value, map) : map(value);
}

function mapArguments(json: string, map: TextMapper): string {
  return mapJsonStrings(json, map, (other) =>
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
