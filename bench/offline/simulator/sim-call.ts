import type { ServiceLevel } from '@relay/contracts';
import type { RelayError } from '@relay/core';
import type { Lengths, Service } from './service-model';

/** A request of a workload. */
export interface SimCall extends Lengths {
  readonly atMs: number; // of the first try, from the start of the run
  readonly tenant: string;
  readonly weight: number;
  readonly level?: ServiceLevel; // default: standard
  /** Time from a try until the answer is of no use; then the client leaves. Default: none. */
  readonly deadlineMs?: number;
  /** How often it comes again when it is refused with Retry-After. Default: never. */
  readonly retries?: number;
}

/** One try of a call to get a slot. */
export interface Attempt {
  readonly call: SimCall;
  readonly number: number; // from 1
  readonly atMs: number;
  readonly deadlineAtMs: number; // Infinity: none
}

/** How a try ended. Times in ms from the start of the run. */
export interface Outcome extends Attempt {
  readonly endedMs: number;
  /** Null if it got no slot. */
  readonly startedMs: number | null;
  readonly refusal: RelayError | null;
  /** Answered in full by its deadline; else refused, cut off, or late. */
  readonly completed: boolean;
}

/** Hears what happens to each try, in the order of time. `ended` follows upon `started`, `refused` upon `arrived`. */
export interface Observer {
  arrived(attempt: Attempt, nowMs: number): void;
  started(attempt: Attempt, nowMs: number, service: Service): void;
  ended(attempt: Attempt, nowMs: number): void;
  refused(attempt: Attempt, nowMs: number): void;
}
