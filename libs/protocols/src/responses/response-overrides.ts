import { isJsonObject, type JsonObject } from '../json/json-object';

/** Where a response says what chat says at the top: the field and the member of it. */
const NESTED: Readonly<Record<string, readonly [field: string, member: string]>> = {
  reasoning_effort: ['reasoning', 'effort'],
  verbosity: ['text', 'verbosity'],
  response_format: ['text', 'format'],
};

/** What a policy sets in the names of chat, as a response has it, beside what else the app said there. */
export function responseOverrides(set: JsonObject, body: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(set)) {
    const [field, member] = NESTED[name] ?? [name];
    if (member === undefined) fields[field] = value;
    else fields[field] = { ...objectIn(fields, field, body), [member]: flat(value) };
  }
  return fields;
}

function objectIn(fields: JsonObject, field: string, body: JsonObject): JsonObject {
  const said = fields[field] ?? body[field];
  return isJsonObject(said) ? said : {};
}

/** The schema of a format stands beside its type here. */
function flat(value: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(value['json_schema'])) return value;
  return { type: value['type'], ...value['json_schema'] };
}
