import type { Kind, Presence } from './presence';

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

/** Slots of this process, and of all together. */
export interface SlotCounts {
  readonly own: number;
  readonly pool: number;
}

/**
 * How many slots of a process may go to which kind of request. Long ones leave some to short ones, those of the level batch some to the
 * others: a request that finds a free slot need not wait until a long call ends. Slots are kept free only while there is somebody to keep
 * them for, in this process or another: what is free in one is lent to the others. Where only this process has requests of a kind, what the
 * others have is free of them already; else each process keeps its part.
 */
export class Shares {
  private long = 0; // slots held
  private batch = 0;

  constructor(
    private readonly settings: () => ShareSettings,
    private readonly presence: Presence,
  ) {}

  /** How many more slots long requests may take. */
  longRoom(slots: SlotCounts, now: number): number {
    if (!this.presence.isAnywhere('short', now)) return Infinity;
    return this.capOf('long', 1 - this.settings().shortShare, slots, now) - this.long;
  }

  /** How many more requests of the level batch may take. */
  batchRoom(slots: SlotCounts, now: number): number {
    if (!this.presence.isAnywhere('others', now)) return Infinity;
    return this.capOf('batch', this.settings().batchShare, slots, now) - this.batch;
  }

  take({ long, batch }: SlotUse): void {
    if (long) this.long++;
    if (batch) this.batch++;
  }

  giveBack({ long, batch }: SlotUse): void {
    if (long) this.long--;
    if (batch) this.batch--;
  }

  /** Rounded up: of a handful of slots none is kept free. */
  private capOf(kind: Kind, share: number, { own, pool }: SlotCounts, now: number): number {
    const slots = this.presence.isElsewhere(kind, now) ? own : pool;
    return Math.max(1, Math.ceil(slots * share - EPSILON));
  }
}
