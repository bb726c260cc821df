import { isUtf8 } from 'node:buffer';
import { chatCompletionRequestSchema, type ChatCompletionRequest } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';

/** OpenAI's own API has about 40 top-level fields; each costs some microseconds on the way, for everybody. */
const MAX_FIELDS = 500;

/**
 * The body as the relay needs it. What is checked is only what the relay itself relies on; the value is the parsed JSON as
 * it came, unknown fields included, because the upstream gets the bytes and the cache key covers every field.
 */
export function parseChatRequest(body: Buffer): Result<ChatCompletionRequest, RelayError> {
  if (body.length === 0) return invalid('The body is empty; expected a JSON object with "model" and "messages".');
  if (!isUtf8(body)) return invalid('The body is not valid UTF-8; expected JSON in UTF-8.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return invalid(`The body is not valid JSON: ${(error as Error).message}`);
  }
  const fields = parsed !== null && typeof parsed === 'object' ? Object.keys(parsed).length : 0;
  if (fields > MAX_FIELDS) return invalid(`The body has ${fields} fields; allowed: at most ${MAX_FIELDS}.`);
  const checked = chatCompletionRequestSchema.safeParse(parsed);
  if (checked.success) return ok(parsed as ChatCompletionRequest);
  return describeIssue(checked.error.issues[0]);
}

interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** The first problem, at its deepest: a union that failed inside one of its branches says what failed there. */
function describeIssue(issue: Issue | undefined, base: readonly PropertyKey[] = []): Result<never, RelayError> {
  if (!issue) return invalid('The body is not a chat completion request.');
  const path = [...base, ...issue.path];
  const inner = issue.errors?.flat().find((candidate) => candidate.path.length > 0);
  if (inner) return describeIssue(inner, path);
  const expected = issue.errors
    ?.flat()
    .map((candidate) => candidate.message)
    .join(' or ');
  const param = path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
  return invalid(`${param || 'The body'}: ${expected ?? issue.message}`, param);
}

function invalid(message: string, param?: string): Result<never, RelayError> {
  return err(new RelayError('invalid_request', message, param ? { param } : {}));
}
