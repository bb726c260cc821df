import type { CancelSignal, RelayError } from '@relay/core';
import type { CachedAnswer } from '../cached-answer';

/** How a passenger wants its answer: frames as they come, or the whole at the end. Equal deliveries share frames, others the landed answer. */
export type Delivery = 'whole' | 'stream' | 'stream+usage';

/** Who answers a flight, and from where. */
export interface FlightFacts {
  /** Trace of the request that pays for the answer. */
  readonly sourceTraceId: string;
  readonly servedModel: string;
  readonly provider: string;
  readonly cache: 'miss' | 'semantic' | 'exact-l1' | 'exact-l2';
  /** What it was found in, and how alike the questions are; null of fresh answers. */
  readonly entry: string | null;
  readonly similarity: number | null;
  /** What was given up for it under load, as `x-relay-degraded` has it. */
  readonly degraded: readonly string[];
}

/** An upstream's own refusal, for clients to see as it is. */
export interface FlightRefusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Landed {
  readonly kind: 'landed';
  /** Null when it was not put together, say because it is too large; a whole answer is always given. */
  readonly answer: CachedAnswer | null;
  /** Closing frames of a stream; empty otherwise. */
  readonly tail: Buffer;
  readonly facts: FlightFacts;
}

export interface Crashed {
  readonly kind: 'failed';
  readonly error: RelayError;
  /** Content was handed out. */
  readonly started: boolean;
  /** Another passenger may fare better. */
  readonly mayRetry: boolean;
  readonly refusal: FlightRefusal | null;
}

/** How a flight ended. */
export type Landing = Landed | Crashed;

/** What boarding gives each passenger in the end. */
export interface Arrival {
  /**
   * Of the flight; of a passenger that left before, or was put down, why. A pilot that left gets the flight's own, when it has landed,
   * unless it was following another process: then why it left, at once.
   */
  readonly landing: Landing;
  /** Whether this passenger brought the answer (or the failure) itself; false also for who followed another process. */
  readonly piloted: boolean;
  /** Whether it has heard the frames: what is missing is `tail`. Otherwise it is served from `answer`. */
  readonly live: boolean;
}

/** What a pilot has before it. After the flight has passed to another pilot, or landed, its calls change nothing. */
export interface Cockpit {
  /** Aborted when nobody is aboard any more, here or in another process, unless `keepFlying` was called. */
  readonly signal: CancelSignal;
  /** Whether another process listens: what it will look for in L2 has to be there before the pilot is done. */
  readonly watchedElsewhere: boolean;
  /** Finishes for the cache though everybody has left. */
  keepFlying(): void;
  /** Before the first frames. */
  departed(facts: FlightFacts): void;
  /** Hands frames to all who listen, in this tick. True: go on. False: wait for `resume`, everybody is busy. */
  onFrames(frames: Buffer, resume: () => void): boolean;
  /**
   * Whether this process is to fly, at once where no other may be asked, else after one round trip (250 ms at most, then `mine`).
   * Sent in this tick: a look-up that the caller sends right after goes with it. The claim stands for all pilots of the flight.
   */
  claim(): 'mine' | Promise<'mine' | 'elsewhere'>;
  /**
   * After `elsewhere`: hands on what the other process flies until it lands. `mine` when it failed before any content, or was lost
   * before this passenger heard any: the pilot has to fly after all, and should look into L2 once more before, as the other may have
   * landed there in between. A pilot that has left meanwhile, or heard frames of what was lost, gets a failure to give back, and
   * another passenger takes over.
   */
  follow(): Promise<Landing | 'mine'>;
}

/** One request that shares a flight. */
export interface Passenger {
  readonly delivery: Delivery;
  /** Aborted: leaves the flight at once. */
  readonly signal: CancelSignal;
  /** Flies: gets the answer. Called for one passenger of a flight at a time, the first in the tick it boards. Must not reject. */
  pilot(cockpit: Cockpit): Promise<Landing>;
  /**
   * What came so far while boarding, then live, in the tick it came. False: not before `resume` is called; only this passenger waits.
   * Only where the delivery is the pilot's. The arrival comes after the last of it.
   */
  onFrames(frames: Buffer, resume: () => void, facts: FlightFacts): boolean;
}
