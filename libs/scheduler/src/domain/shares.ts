import type { QueueClass, ServiceLevel } from '@relay/contracts';

/** A class counts as present for so long after its last request, ms: while it is not, nothing is kept free for it. */
const PRESENT_MS = 30_000;
/** Against fractions such as 5 x 0.8, which is a little more than 4. */
const EPSILON = 1e-9;

export interface ShareSettings {
  readonly shortShare: number; // of the slots, kept free of long requests
  readonly batchShare: number; // of the slots, what requests of the level batch may hold
}

/** What a slot is used for. */
export interface SlotUse {
  /** A long request is in one of this process's own slots, whoever it is from. */
  readonly long: boolean;
  /** A request of this process, of the level batch, is in a slot, whoever it is from. */
  readonly batch: boolean;
}

/**
 * How many slots of a process may go to which kind of request. Long ones leave some to short ones, those of the level batch some to the
 * others: a request that finds a free slot need not wait until a long call ends. Slots are kept free only while there is somebody to keep
 * them for.
 */
export class Shares {
  private long = 0; // slots held
  private batch = 0;
  private shortSeenAt = -Infinity; // monotonic ms
  private othersSeenAt = -Infinity;

  constructor(private readonly settings: () => ShareSettings) {}

  /** A request came, whether or not it gets a slot. */
  saw(queueClass: QueueClass, level: ServiceLevel, now: number): void {
    if (queueClass === 'short') this.shortSeenAt = now;
    if (level !== 'batch') this.othersSeenAt = now;
  }

  /** How many more of `slots` long requests may take. */
  longRoom(slots: number, now: number): number {
    if (now - this.shortSeenAt >= PRESENT_MS) return Infinity;
    return capOf(slots, 1 - this.settings().shortShare) - this.long;
  }

  /** How many more requests of the level batch may take. */
  batchRoom(slots: number, now: number): number {
    if (now - this.othersSeenAt >= PRESENT_MS) return Infinity;
    return capOf(slots, this.settings().batchShare) - this.batch;
  }

  take({ long, batch }: SlotUse): void {
    if (long) this.long++;
    if (batch) this.batch++;
  }

  giveBack({ long, batch }: SlotUse): void {
    if (long) this.long--;
    if (batch) this.batch--;
  }
}

/** Rounded up: of a handful of slots none is kept free. */
const capOf = (slots: number, share: number): number => Math.max(1, Math.ceil(slots * share - EPSILON));
