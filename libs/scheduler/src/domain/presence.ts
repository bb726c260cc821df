import type { QueueClass, ServiceLevel } from '@relay/contracts';

/** A kind counts as present for so long after its last request came, or waited where that is said, ms. */
const PRESENT_MS = 30_000;
/** A kind that goes on coming is told to the other processes this often, ms: they may miss a message or two. */
const TELL_EVERY_MS = 10_000;

/** Kinds of requests: two classes, and two groups of levels, `others` being those above batch. */
export const KINDS = ['short', 'long', 'batch', 'others'] as const;
export type Kind = (typeof KINDS)[number];

/** Which kinds of requests come, to this process and to others. All times are monotonic ms. */
export class Presence {
  private readonly seenAt = never();
  private readonly heardAt = never();
  private readonly toldAt = never();

  /** A request came here, whether or not it gets a slot. */
  saw(queueClass: QueueClass, level: ServiceLevel, now: number): void {
    this.seenAt[queueClass] = now;
    this.seenAt[level === 'batch' ? 'batch' : 'others'] = now;
  }

  /** Some still wait here. */
  waits(kind: Kind, now: number): void {
    this.seenAt[kind] = now;
  }

  /** They came to another process. */
  heard(kinds: readonly Kind[], now: number): void {
    for (const kind of kinds) this.heardAt[kind] = now;
  }

  isAnywhere(kind: Kind, now: number): boolean {
    return now - this.seenAt[kind] < PRESENT_MS || this.isElsewhere(kind, now);
  }

  isElsewhere(kind: Kind, now: number): boolean {
    return now - this.heardAt[kind] < PRESENT_MS;
  }

  /** What the other processes are to hear now of what came here. */
  toTell(now: number): Kind[] {
    const kinds = KINDS.filter((kind) => this.isToBeTold(kind, now));
    for (const kind of kinds) this.toldAt[kind] = now;
    return kinds;
  }

  /** There is a process that has heard nothing yet. */
  tellAgain(): void {
    for (const kind of KINDS) this.toldAt[kind] = -Infinity;
  }

  private isToBeTold(kind: Kind, now: number): boolean {
    const [seenAt, toldAt] = [this.seenAt[kind], this.toldAt[kind]];
    return seenAt > toldAt && now - seenAt < PRESENT_MS && now - toldAt >= TELL_EVERY_MS;
  }
}

const never = (): Record<Kind, number> => ({ short: -Infinity, long: -Infinity, batch: -Infinity, others: -Infinity });
