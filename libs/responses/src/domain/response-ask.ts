import { err, ok, RelayError, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';

/** What a body of `POST /v1/responses` asks of the relay itself. */
export interface ResponseAsk {
  /** To be kept, for the client to come back to. */
  readonly store: boolean;
  /** Nobody waits for the answer. */
  readonly background: boolean;
  readonly stream: boolean;
  /** The conversation goes on from there. */
  readonly previousId: string | null;
}

/**
 * `keeps`: whether this relay keeps responses; where it does not, `store` is ignored as OpenAI does for organisations without retention.
 * Errors: `invalid_request`, with the field as `param`.
 */
export function readAsk(body: JsonObject, keeps: boolean): Result<ResponseAsk, RelayError> {
  const store = flag(body, 'store', true);
  if (!store.ok) return store;
  const background = flag(body, 'background', false);
  if (!background.ok) return background;
  const stream = flag(body, 'stream', false);
  if (!stream.ok) return stream;
  const previous = body['previous_response_id'] ?? null;
  if (previous !== null && typeof previous !== 'string')
    return refuse('previous_response_id', 'expected the id of a response, or null.');
  if ((body['conversation'] ?? null) !== null)
    return refuse('conversation', 'the relay keeps no conversations; go on from a response with previous_response_id.');
  if (!keeps && previous !== null) return refuse('previous_response_id', KEEPS_NONE);
  if (background.value && !keeps) return refuse('background', KEEPS_NONE);
  if (background.value && !store.value)
    return refuse('background', 'a response in the background has to be kept: it needs store: true.');
  return ok({
    store: store.value && keeps,
    background: background.value,
    stream: stream.value,
    previousId: previous,
  });
}

const KEEPS_NONE = 'this relay keeps no responses (responses.store of its configuration).';

function flag(body: JsonObject, name: string, fallback: boolean): Result<boolean, RelayError> {
  const value = body[name] ?? fallback;
  return typeof value === 'boolean' ? ok(value) : refuse(name, 'expected true or false.');
}

function refuse(param: string, what: string): Result<never, RelayError> {
  return err(new RelayError('invalid_request', `${param}: ${what}`, { param }));
}
