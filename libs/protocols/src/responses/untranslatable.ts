import { RelayError } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { OWN_TOOLS } from './chat-tools';

/** Something in a request that chat cannot say: where it stands, and what it is. */
interface Foreign {
  readonly param: string;
  readonly what: string;
}

/** Fields that ask for something kept, or done, by whoever keeps responses. */
const KEPT_ELSEWHERE = ['previous_response_id', 'conversation', 'prompt', 'context_management', 'moderation'] as const;
const FORMATS: ReadonlySet<unknown> = new Set(['text', 'json_object', 'json_schema']);
/** Items that are no messages and that chat has, or can do without. */
const ITEMS: ReadonlySet<unknown> = new Set([
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'reasoning',
]);
const PARTS: ReadonlySet<unknown> = new Set([
  'text',
  'input_text',
  'output_text',
  'refusal',
  'input_image',
  'input_file',
  'input_audio',
]);
const TEXT_PARTS: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text']);

/** Why a provider that speaks only chat cannot be asked this: `invalid_request` with the field as `param`. Null if it can. */
export function untranslatable(body: JsonObject): RelayError | null {
  const foreign = inFields(body) ?? inTools(body) ?? inItems(jsonObjects(body['input']));
  if (foreign === undefined) return null;
  const { param, what } = foreign;
  const message = `${param}: chat has no ${what}; only a provider that speaks /v1/responses itself can serve it.`;
  return new RelayError('invalid_request', message, { param });
}

function inFields(body: JsonObject): Foreign | undefined {
  const { text, background } = body;
  const kept = KEPT_ELSEWHERE.find((field) => isAsked(body[field]));
  if (kept !== undefined) return { param: kept, what: `"${kept}"` };
  if (background === true) return { param: 'background', what: 'requests in the background' };
  const format = isJsonObject(text) ? text['format'] : undefined;
  if (!isJsonObject(format) || FORMATS.has(format['type'])) return undefined;
  return { param: 'text.format.type', what: `format ${quoted(format['type'])}` };
}

const isAsked = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

function inTools({ tools, tool_choice: choice }: JsonObject): Foreign | undefined {
  for (const [i, { type }] of jsonObjects(tools).entries()) {
    if (!OWN_TOOLS.has(type)) return { param: `tools[${i}].type`, what: `tool ${quoted(type)}` };
  }
  if (!isJsonObject(choice)) return undefined;
  const chosen = choice['type'] === 'allowed_tools' ? jsonObjects(choice['tools']) : [choice];
  const other = chosen.find(({ type }) => !OWN_TOOLS.has(type));
  return other && { param: 'tool_choice', what: `tool ${quoted(other['type'])}` };
}

function inItems(items: readonly JsonObject[]): Foreign | undefined {
  for (const [i, item] of items.entries()) {
    const foreign = inItem(item, `input[${i}]`);
    if (foreign) return foreign;
  }
  return undefined;
}

function inItem(item: JsonObject, path: string): Foreign | undefined {
  const { type, role, content, output } = item;
  const isMessage = typeof role === 'string' && (type === 'message' || type === undefined || type === null);
  if (isMessage) return inParts(content, `${path}.content`, PARTS);
  if (!ITEMS.has(type)) return { param: `${path}.type`, what: `item ${quoted(type ?? 'item_reference')}` };
  return type === 'reasoning' ? undefined : inParts(output, `${path}.output`, TEXT_PARTS);
}

function inParts(parts: unknown, path: string, known: ReadonlySet<unknown>): Foreign | undefined {
  for (const [i, part] of jsonObjects(parts).entries()) {
    const { type, image_url: image, file_url: file } = part;
    if (!known.has(type)) return { param: `${path}[${i}].type`, what: `${quoted(type)} here` };
    if (type === 'input_image' && typeof image !== 'string')
      return { param: `${path}[${i}].file_id`, what: 'image by the id of a file' };
    if (type === 'input_file' && typeof file === 'string')
      return { param: `${path}[${i}].file_url`, what: 'file by its address' };
  }
  return undefined;
}

/** The words are the client's: a few of them will do. */
const quoted = (type: unknown): string => `"${String(type).slice(0, 64)}"`;
