import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';

/** Tools, and which of them are to be called, as chat has them; nothing where no tools are offered. */
export function chatTools({ tools, tool_choice: choice }: JsonObject): JsonObject {
  const offered = jsonObjects(tools);
  if (offered.length === 0) return {};
  const chosen = isJsonObject(choice) ? choice : {};
  return {
    tools: offered.map(chatTool),
    ...(choiceOf(chosen) === undefined ? {} : { tool_choice: choiceOf(chosen) }),
    ...(chosen['disable_parallel_tool_use'] === true ? { parallel_tool_calls: false } : {}),
  };
}

/** A tool that the app runs, described by itself; all others are known to Anthropic's models only. */
export function isOwnTool({ type }: JsonObject): boolean {
  return type === undefined || type === null || type === 'custom';
}

function chatTool(tool: JsonObject): JsonObject {
  if (!isOwnTool(tool)) return tool;
  const { name, description, input_schema: parameters, strict } = tool;
  return { type: 'function', function: { name, description, parameters, strict } };
}

function choiceOf({ type, name }: JsonObject): unknown {
  if (type === 'any') return 'required';
  if (type === 'tool') return { type: 'function', function: { name } };
  return type === 'auto' || type === 'none' ? type : undefined;
}
