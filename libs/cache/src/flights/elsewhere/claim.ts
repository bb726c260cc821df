import { LiveMap } from '@relay/core';
import type { Flight } from '../../domain/flights/flight';
import type { Follower } from './follower';

/** What this process knows of one of its flights among the others'. */
export class Claim {
  /** It flies here, whether or not the lease could be had. */
  mine = false;
  /** The lease is this flight's. */
  held = false;
  /** Who else has the lease, as it stands in Redis. */
  other: string | null = null;
  /** The flight has landed. */
  over = false;
  renewedAt = 0; // monotonic ms
  /** Other processes aboard, by process and number of following. */
  readonly followers = new LiveMap<string, Follower>();

  constructor(
    readonly flight: Flight,
    readonly number: string,
    /** As it stands in Redis: `process:number`. */
    readonly holder: string,
  ) {}
}

export interface Holder {
  readonly process: string;
  readonly flight: string;
}

const HOLDER = /^([0-9a-f-]{36}):([0-9a-z]{1,16})$/;

/** Null for what no relay has written. */
export function readHolder(value: string): Holder | null {
  const [, process, flight] = HOLDER.exec(value) ?? [];
  return process !== undefined && flight !== undefined ? { process, flight } : null;
}
