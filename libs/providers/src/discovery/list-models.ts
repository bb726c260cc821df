import { isJsonObject, jsonObjects, type JsonObject } from '@relay/protocols';

/** No provider adds more models than this on its own. */
const MAX_MODELS = 100;

/** The model names at `GET {baseUrl}/models`; null if the server is not there, refuses, or answers something else. */
export async function listModels(
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<string[] | null> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const payload: unknown = await response.json();
    const data = isJsonObject(payload) ? (payload['data'] ?? payload['models']) : null;
    if (!response.ok || !Array.isArray(data)) return null;
    return jsonObjects(data).flatMap(nameOf).slice(0, MAX_MODELS);
  } catch {
    return null; // not there: an expected answer to the question
  }
}

/** Of Gemini's methods those that the relay asks. */
const METHODS = ['generateContent', 'embedContent'];

/** Gemini names a model `models/gemini-…`, and says what can be asked of it. */
function nameOf({ id, name, supportedGenerationMethods: methods }: JsonObject): string[] {
  if (typeof id === 'string') return [id];
  const isAsked = !Array.isArray(methods) || METHODS.some((method) => methods.includes(method));
  return typeof name === 'string' && isAsked ? [name.replace(/^models\//, '')] : [];
}
