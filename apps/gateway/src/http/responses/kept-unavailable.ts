import { RelayError } from '@relay/core';

export const keptUnavailable = (cause: unknown): RelayError =>
  new RelayError('unavailable', 'Responses that are kept cannot be looked up at the moment.', {
    retryAfterSeconds: 1,
    cause,
  });
