import { RelayError } from '@relay/core';
import { DWELL_MS } from './gate-book';
import { retryAfterSeconds } from './retry-after';
import type { Refused } from './verdict';

/**
 * What the client is told: `overloaded` with Retry-After where trying again helps, `upstream_timeout` where only a longer deadline
 * does. `random` is in [0, 1).
 */
export function refusalError({ reason, met }: Refused, random: number): RelayError {
  const waitMs = met.waitMs ?? 0;
  switch (reason) {
    case 'late':
      return new RelayError('overloaded', lateMessage(met), {
        retryAfterSeconds: retryAfterSeconds(waitMs, random),
      });
    case 'shed':
      return new RelayError(
        'overloaded',
        'Requests of the level batch are not taken while the provider is overloaded. Try again after the time in Retry-After.',
        { retryAfterSeconds: retryAfterSeconds(Math.max(waitMs, DWELL_MS), random) },
      );
    case 'no-time':
      return new RelayError('upstream_timeout', noTimeMessage(met.leftMs));
    default:
      return reason satisfies never;
  }
}

function lateMessage({ waitMs, serviceP90Ms, leftMs }: Refused['met']): string {
  const answering = serviceP90Ms === null ? '' : ` and ${Math.round(serviceP90Ms)} ms of answering`;
  return (
    `The provider is overloaded: about ${Math.round(waitMs ?? 0)} ms of waiting${answering} do not fit into the ` +
    `${Math.round(leftMs)} ms until the deadline. ` +
    'Try again after the time in Retry-After, or give it more time with x-relay-deadline-ms.'
  );
}

function noTimeMessage(leftMs: number): string {
  const why =
    leftMs <= 0
      ? 'The deadline passed before the request could be sent to a provider.'
      : `No answer of this target ever came within the ${Math.round(leftMs)} ms that are left until the deadline.`;
  return `${why} Give it more time with x-relay-deadline-ms.`;
}
