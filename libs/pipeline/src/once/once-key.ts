import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';

/** No space: two headers, which Node joins with a comma and a space, are no key. */
const KEY = /^[\x21-\x7e]{1,255}$/;
const ALLOWED = 'Idempotency-Key takes 1 to 255 visible ASCII characters, without spaces, and is sent once.';
const USED = 'This Idempotency-Key was used for another request.';

/** The client's `Idempotency-Key`; null: none was sent. Errors: `invalid_request`. */
export function onceKeyOf(headers: IncomingHttpHeaders): Result<string | null, RelayError> {
  const key = headers[HEADERS.idempotencyKey];
  if (key === undefined) return ok(null);
  return typeof key === 'string' && KEY.test(key) ? ok(key) : err(invalid(ALLOWED));
}

/** The key stands for another question. */
export const onceKeyUsed = (): RelayError => invalid(USED);

const invalid = (message: string): RelayError =>
  new RelayError('invalid_request', message, { param: HEADERS.idempotencyKey });
