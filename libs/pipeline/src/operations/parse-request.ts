import type { ChatCompletionRequest, Operation } from '@relay/contracts';
import { ok, type RelayError, type Result } from '@relay/core';
import { type JsonObject, readingOf } from '@relay/protocols';
import { describeIssue, invalid, parseJsonBody } from '../json-body';

/** OpenAI's own API has about 40 top-level fields; each costs some microseconds on the way, for everybody. */
const MAX_FIELDS = 500;

export interface ParsedRequest {
  /** The body as it came, unknown fields included: the upstream gets the bytes, and the cache key covers every field. */
  readonly asked: JsonObject;
  /** The same as a chat completion. */
  readonly request: ChatCompletionRequest;
}

/** The body as the relay needs it. What is checked is only what the relay itself relies on. */
export function parseRequest(operation: Operation, body: Buffer): Result<ParsedRequest, RelayError> {
  const reading = readingOf(operation);
  const json = parseJsonBody(body, reading.expected);
  if (!json.ok) return json;
  const parsed = json.value;
  const fields = parsed !== null && typeof parsed === 'object' ? Object.keys(parsed).length : 0;
  if (fields > MAX_FIELDS) return invalid(`The body has ${fields} fields; allowed: at most ${MAX_FIELDS}.`);
  const checked = reading.schema.safeParse(parsed);
  if (!checked.success) return describeIssue(checked.error.issues[0]);
  const asked = parsed as JsonObject;
  const request = reading.toChat(asked);
  return request.ok ? ok({ asked, request: request.value }) : request;
}
