import { isJsonObject, type JsonObject } from '../json/json-object';

/**
 * A chunk carries something of the answer: text, reasoning, a refusal, a tool call, whatever a server may invent. A role, or
 * empty and null fields, are life signs only. A payload that is no chat chunk at all counts as content: it is not ours to hold.
 */
export function hasDeltaContent(payload: JsonObject): boolean {
  const choices = payload['choices'];
  if (!Array.isArray(choices)) return true;
  return (choices as unknown[]).some(
    (choice) => isJsonObject(choice) && (hasSubstance(choice['delta']) || isFull(choice['text'])),
  );
}

function hasSubstance(delta: unknown): boolean {
  return isJsonObject(delta) && Object.entries(delta).some(([key, value]) => key !== 'role' && isFull(value));
}

function isFull(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}
