/** BullMQ's priorities run from 1 to this; lower is earlier, and 0 would go before everything. */
export const MAX_PRIORITY = 2_097_151;

/** Weighted tokens in one step of priority. Finer than any request, and half the scale still holds 8 million weighted tokens. */
const TOKENS_PER_STEP = 8;

/** Maps start tags, which grow without end, to priorities, which do not: the distance from a base that moves along now and then. */
export class PriorityScale {
  private origin = 0;

  get base(): number {
    return this.origin;
  }

  priorityOf(startTag: number): number {
    const step = 1 + Math.floor((startTag - this.origin) / TOKENS_PER_STEP);
    return Math.min(MAX_PRIORITY, Math.max(1, step));
  }

  /** Whether the virtual time has used up half the scale, so that live tickets need new priorities. */
  isWorn(virtualTime: number): boolean {
    return this.priorityOf(virtualTime) > MAX_PRIORITY / 2;
  }

  /** Moves the base forward; `false` if it is there already. */
  rebase(base: number): boolean {
    if (base <= this.origin) return false;
    this.origin = base;
    return true;
  }
}
