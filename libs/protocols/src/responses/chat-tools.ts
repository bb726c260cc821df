import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';

/** Tools that the app runs itself; all others are run by the provider, and chat does not know them. */
export const OWN_TOOLS: ReadonlySet<unknown> = new Set(['function', 'custom']);

/** A tool as chat has it, nested; one that chat does not know stays as it is. */
export function chatTool(tool: JsonObject): JsonObject {
  const { type, ...fields } = tool;
  if (type === 'function') return { type, function: present(fields) };
  if (type !== 'custom') return tool;
  const { format, ...others } = fields;
  if (!isJsonObject(format)) return { type, custom: present(others) };
  const { type: kind, ...grammar } = format;
  return {
    type,
    custom: present({ ...others, format: kind === 'grammar' ? { type: kind, grammar } : { type: kind } }),
  };
}

export function chatToolChoice(choice: unknown): unknown {
  if (!isJsonObject(choice)) return choice;
  const { type, name } = choice;
  if (type === 'function') return { type, function: { name } };
  if (type === 'custom') return { type, custom: { name } };
  if (type !== 'allowed_tools') return choice;
  const tools = jsonObjects(choice['tools']).map(chatToolChoice);
  return { type, allowed_tools: { mode: choice['mode'], tools } };
}

/** What an answer has to look like; nothing for plain text. */
export function chatFormat(format: unknown): JsonObject | undefined {
  if (!isJsonObject(format) || format['type'] === 'text') return undefined;
  const { type, ...schema } = format;
  return type === 'json_schema' ? { type, json_schema: present(schema) } : { type };
}

/** Without what is null, which servers of chat do not all take. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
