export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a JSON array; nothing for any other value. */
export function jsonObjects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The object that a text holds; null where it is no JSON, or no object. */
export function parseObject(text: string): JsonObject | null {
  try {
    const payload: unknown = JSON.parse(text);
    return isJsonObject(payload) ? payload : null;
  } catch {
    return null;
  }
}
