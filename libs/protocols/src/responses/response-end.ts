import { isJsonObject, type JsonObject } from '../json/json-object';

/** How a response ended, in its own words: `completed`, or why it is incomplete; null where it did not end, or not well. */
export function endOf({ status, incomplete_details: details }: JsonObject): string | null {
  if (status === 'completed') return status;
  if (status !== 'incomplete') return null;
  const reason = isJsonObject(details) ? details['reason'] : null;
  return typeof reason === 'string' ? reason : status;
}

/** Why it failed, as OpenAI's clients know errors. */
export function failureOf({ error }: JsonObject): JsonObject {
  const said: JsonObject = isJsonObject(error) ? error : { message: 'The response failed.', code: 'server_error' };
  return { type: 'api_error', param: null, ...said };
}
