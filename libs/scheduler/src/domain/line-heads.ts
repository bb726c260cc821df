import type { QueueClass } from '@relay/contracts';

/** The lowest start tags of a process's tickets; none where it has no ticket. */
export type Heads = Partial<Record<QueueClass, number>>;

/** What a process said is forgotten after this, ms; those with tickets say it every second, and when they issue one. */
const FORGET_AFTER_MS = 3_000;
/** Far more processes than one relay has; beyond, some of their tags are not known. */
const MAX_PROCESSES = 1_000;

/** Where the tickets of other processes stand, so that the class with the lowest start tag of all is asked first. */
export class LineHeads {
  private readonly told = new Map<string, { heads: Heads; at: number }>(); // by process

  hear(from: string, heads: Heads, now: number): void {
    if (this.told.has(from) || this.told.size < MAX_PROCESSES) this.told.set(from, { heads, at: now });
  }

  /** The lowest ticket of the process was called: what is next it will say when it issues one. */
  called(owner: string, queueClass: QueueClass): void {
    const told = this.told.get(owner);
    if (told) told.heads = { ...told.heads, [queueClass]: undefined };
  }

  lowest(queueClass: QueueClass, now: number): number {
    let lowest = Infinity;
    for (const [from, { heads, at }] of this.told) {
      if (now - at > FORGET_AFTER_MS) this.told.delete(from);
      else lowest = Math.min(lowest, heads[queueClass] ?? Infinity);
    }
    return lowest;
  }
}
