import type { QueueClass, ServiceLevel } from '@relay/contracts';

/** A class counts as present for so long after its last request, ms: while it is not, nothing is kept free for it. */
const PRESENT_MS = 30_000;

export interface ShareSettings {
  readonly shortShare: number; // of the slots, kept free of long requests
  readonly batchShare: number; // of the slots, what requests of the level batch may hold
}

interface Kind {
  readonly class: QueueClass;
  readonly level: ServiceLevel;
}

/**
 * Which requests may take one more of a process's slots. Long ones leave some to short ones, those of the level batch some to the others:
 * a request that finds a free slot need not wait until a long call ends. Slots are kept free only while there is somebody to keep them for.
 */
export class Shares {
  private long = 0; // slots held
  private batch = 0;
  private shortSeenAt = -Infinity; // monotonic ms
  private othersSeenAt = -Infinity;

  constructor(private readonly settings: () => ShareSettings) {}

  /** A request came, whether or not it gets a slot. */
  saw({ class: queueClass, level }: Kind, now: number): void {
    if (queueClass === 'short') this.shortSeenAt = now;
    if (level !== 'batch') this.othersSeenAt = now;
  }

  allows({ class: queueClass, level }: Kind, slots: number, now: number): boolean {
    const { shortShare, batchShare } = this.settings();
    if (queueClass === 'long' && now - this.shortSeenAt < PRESENT_MS && this.long >= capOf(slots, 1 - shortShare))
      return false;
    return level !== 'batch' || now - this.othersSeenAt >= PRESENT_MS || this.batch < capOf(slots, batchShare);
  }

  take(kind: Kind): void {
    this.count(kind, 1);
  }

  /** True if somebody who was not allowed a slot may be now. */
  giveBack(kind: Kind): boolean {
    this.count(kind, -1);
    return kind.class === 'long' || kind.level === 'batch';
  }

  private count({ class: queueClass, level }: Kind, sign: 1 | -1): void {
    if (queueClass === 'long') this.long += sign;
    if (level === 'batch') this.batch += sign;
  }
}

/** Rounded up: of a handful of slots none is kept free. */
const capOf = (slots: number, share: number): number => Math.max(1, Math.ceil(slots * share - 1e-9));
