import { isJsonObject } from '@relay/protocols';

/** No provider adds more models than this on its own. */
const MAX_MODELS = 100;

/** The model names at `GET {baseUrl}/models`; null if the server is not there, refuses, or answers something else. */
export async function listModels(
  baseUrl: string,
  apiKey: string | undefined,
  timeoutMs: number,
): Promise<string[] | null> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const payload: unknown = await response.json();
    const data = isJsonObject(payload) ? payload['data'] : null;
    if (!response.ok || !Array.isArray(data)) return null;
    const names = (data as unknown[]).map((model) => (isJsonObject(model) ? model['id'] : null));
    return names.filter((name): name is string => typeof name === 'string').slice(0, MAX_MODELS);
  } catch {
    return null; // not there: an expected answer to the question
  }
}
