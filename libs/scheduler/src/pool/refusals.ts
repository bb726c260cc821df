import { RelayError } from '@relay/core';
import { retryAfterSeconds } from '../domain/admission/retry-after';
import { LINE_REFUSALS, type LineRefusal } from '../domain/line-refusal';
import type { Random } from '../ports/scheduler-backend.port';
import type { AdmissionRequest } from '../slot';

const MESSAGES: Readonly<Record<LineRefusal, string>> = {
  'tenant-full': 'Too many requests of this tenant are waiting.',
  'room-full': 'Too many requests are waiting.',
  late: 'The request could not be started before its deadline.',
  expired: 'The deadline passed while the request waited for a slot.',
};

/** Assumed wait while nothing has been measured, ms. */
const UNKNOWN_WAIT_MS = 2_000;

/** What those are told that get no slot, and how many they were since the start of this process. */
export class Refusals {
  private readonly counts = Object.fromEntries(LINE_REFUSALS.map((reason) => [reason, 0])) as Record<
    LineRefusal,
    number
  >;

  constructor(private readonly random: Random) {}

  /** `waitMs`: what the request would have waited, had it waited, which is when it should come again; null: not known. */
  overloaded(reason: LineRefusal, waitMs: number | null): RelayError {
    this.counts[reason]++;
    const after = retryAfterSeconds(waitMs ?? UNKNOWN_WAIT_MS, this.random());
    return new RelayError('overloaded', MESSAGES[reason], { retryAfterSeconds: after });
  }

  snapshot(): Record<LineRefusal, number> {
    return { ...this.counts };
  }
}

/** Why the request was given up: what the one who aborted it says (a shutdown, say), else its client has gone. */
export function abortError({ reason }: AdmissionRequest['signal']): RelayError {
  return reason instanceof RelayError ? reason : new RelayError('client_closed', 'The client closed the connection.');
}
