import type { JsonObject } from '../json/json-object';

/** What a message says in another name than chat. */
const RENAMED: Readonly<Record<string, string>> = { stop: 'stop_sequences' };
/** What both say alike, or only a message; anything else of chat's would be refused as unknown. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['temperature', 'top_p', 'top_k', 'stop_sequences', 'thinking', 'tool_choice', 'metadata', 'service_tier'],
]);

/** What a policy sets in the names of chat, as a message has it. What a message cannot say is left out. */
export function messageOverrides(set: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(set)) {
    const field = RENAMED[name] ?? name;
    if (KNOWN.has(field)) fields[field] = field === 'stop_sequences' ? [value].flat() : value;
  }
  return fields;
}
