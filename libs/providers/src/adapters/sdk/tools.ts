import type { JSONSchema7, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { err, ok, RelayError, type Result } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '@relay/protocols';
import { cacheMark } from './content-parts';

type ToolOptions = Pick<LanguageModelV3CallOptions, 'tools' | 'toolChoice'>;
type Tools = NonNullable<ToolOptions['tools']>;

const NO_PARAMETERS: JSONSchema7 = { type: 'object', properties: {} };

/** The functions that may be called, and which of them should. */
export function toolOptions(chat: JsonObject): Result<ToolOptions, RelayError> {
  const tools: Tools = [];
  for (const [i, tool] of jsonObjects(chat['tools']).entries()) {
    const read = toolOf(tool);
    if (read === null) {
      const message = `tools[${i}] is not a function with a name: this provider knows no other tools.`;
      return err(new RelayError('invalid_request', message, { param: `tools[${i}]` }));
    }
    tools.push(read);
  }
  if (tools.length === 0) return ok({});
  return ok({ tools: allowed(tools, chat['tool_choice']), ...choiceOf(chat['tool_choice']) });
}

function toolOf(tool: JsonObject): Tools[number] | null {
  const { type, function: declared } = tool;
  if (type !== 'function' || !isJsonObject(declared) || typeof declared['name'] !== 'string') return null;
  const { name, description, parameters, strict } = declared;
  const providerOptions = cacheMark(tool);
  return {
    type: 'function',
    name,
    inputSchema: isJsonObject(parameters) ? parameters : NO_PARAMETERS,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(providerOptions ? { providerOptions } : {}),
  };
}

function choiceOf(choice: unknown): Pick<ToolOptions, 'toolChoice'> {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { toolChoice: { type: choice } };
  if (!isJsonObject(choice)) return {};
  const { function: chosen, allowed_tools: allowedTools } = choice;
  if (isJsonObject(chosen) && typeof chosen['name'] === 'string') {
    return { toolChoice: { type: 'tool', toolName: chosen['name'] } };
  }
  return isJsonObject(allowedTools) ? choiceOf(allowedTools['mode']) : {};
}

/** `tool_choice: { type: "allowed_tools" }` leaves some of the tools. */
function allowed(tools: Tools, choice: unknown): Tools {
  const named = isJsonObject(choice) && isJsonObject(choice['allowed_tools']) ? choice['allowed_tools']['tools'] : null;
  if (!Array.isArray(named)) return tools;
  const names = new Set(jsonObjects(named).map(({ function: one }) => (isJsonObject(one) ? one['name'] : undefined)));
  return tools.filter(({ name }) => names.has(name));
}
