import { isJsonObject } from '@relay/protocols';
import { errorMessage, type RefusalReply } from '../../domain/upstream-failure';

/**
 * A vendor's refusal as OpenAI would have worded it: clients of chat know `{ error: { message, type, code, param } }`. What has no
 * message stays as it is.
 */
export function openaiShaped(reply: RefusalReply): RefusalReply {
  const payload = parsed(reply.body);
  const message = errorMessage(payload);
  if (message === '') return reply;
  const type = reply.status === 429 ? 'rate_limit_error' : reply.status > 499 ? 'api_error' : 'invalid_request_error';
  const body = Buffer.from(JSON.stringify({ error: { message, type, code: codeOf(payload), param: null } }));
  return { ...reply, contentType: 'application/json', body };
}

/** Gemini answers a stream that it refuses with an array of one error. */
function parsed(body: Buffer): unknown {
  try {
    const payload: unknown = JSON.parse(body.toString('utf8'));
    return Array.isArray(payload) ? payload[0] : payload;
  } catch {
    return undefined;
  }
}

/** The vendor's own name of the error: `overloaded_error`, `INVALID_ARGUMENT`. */
function codeOf(payload: unknown): string | null {
  const error = isJsonObject(payload) ? payload['error'] : undefined;
  if (!isJsonObject(error)) return null;
  const code = error['status'] ?? error['type'] ?? error['code'];
  return typeof code === 'string' ? code : null;
}
