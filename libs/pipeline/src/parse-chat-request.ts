import { chatCompletionRequestSchema, type ChatCompletionRequest } from '@relay/contracts';
import { ok, type RelayError, type Result } from '@relay/core';
import { describeIssue, invalid, parseJsonBody } from './json-body';

/** OpenAI's own API has about 40 top-level fields; each costs some microseconds on the way, for everybody. */
const MAX_FIELDS = 500;

/**
 * The body as the relay needs it. What is checked is only what the relay itself relies on; the value is the parsed JSON as
 * it came, unknown fields included, because the upstream gets the bytes and the cache key covers every field.
 */
export function parseChatRequest(body: Buffer): Result<ChatCompletionRequest, RelayError> {
  const json = parseJsonBody(body, 'a JSON object with "model" and "messages"');
  if (!json.ok) return json;
  const parsed = json.value;
  const fields = parsed !== null && typeof parsed === 'object' ? Object.keys(parsed).length : 0;
  if (fields > MAX_FIELDS) return invalid(`The body has ${fields} fields; allowed: at most ${MAX_FIELDS}.`);
  const checked = chatCompletionRequestSchema.safeParse(parsed);
  if (checked.success) return ok(parsed as ChatCompletionRequest);
  return describeIssue(checked.error.issues[0]);
}
