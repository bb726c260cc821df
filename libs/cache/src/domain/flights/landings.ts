import { RelayError, toRelayError, type CancelSignal } from '@relay/core';
import type { Crashed } from './passenger';

export function crashed(error: RelayError, mayRetry = false, started = false): Crashed {
  return { kind: 'failed', error, started, mayRetry, refusal: null };
}

/** Of a pilot that threw, which it should not. */
export const faulty = (thrown: unknown): Crashed => crashed(toRelayError(thrown));

/** Of a passenger that nobody waits for any more. */
export function leftBy({ reason }: CancelSignal): Crashed {
  return crashed(
    reason instanceof RelayError ? reason : new RelayError('client_closed', 'The client closed the request.'),
  );
}

/** Of a passenger that reads too slowly for the others. */
export function laggedBy(maxBytes: number): Crashed {
  const message = `The answer was read too slowly: more than ${maxBytes} bytes behind the others that share it.`;
  return crashed(new RelayError('overloaded', message), false, true);
}
