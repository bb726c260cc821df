/** What a provider's own limits per minute say to a call that asks them before it is made. */
export type WindowNews =
  | { readonly granted: true; readonly room: number } // further calls such as this one; Infinity without limits
  | { readonly granted: false; readonly opensInMs: number; readonly kind: 'requests' | 'tokens' };

export const NO_WINDOWS: WindowNews = { granted: true, room: Infinity };

/** Who costs no more than so many usual calls is waited for; until a dearer one has room, cheaper ones go before it. */
const USUAL = 2;
/** Weight of the newest call in the mean cost. */
const SMOOTHING = 0.1;

interface Hold {
  readonly until: number;
  readonly leastCost: number; // cheaper calls may still have room
}

/**
 * How many calls may ask a provider's windows of requests and tokens per minute, as far as this process knows. The windows are counted
 * elsewhere, so it is news that moves it:
 *
 *     open --refused--> held until there is room --time--> one asks --granted--> as many as there is room for --> one asks ...
 *
 * and it is open again as soon as there is more room than slots. Whoever may not ask keeps its place in line. Times are ms on one
 * monotonic clock.
 */
export class WindowGate {
  private asking = 0; // calls that have a slot and not heard of the windows
  private room = Infinity; // calls that may ask beside those; Infinity: it is open
  private hold: Hold | null = null;
  private meanCost = 0;

  started(cost: number): void {
    this.asking++;
    this.room--;
    this.meanCost += SMOOTHING * (cost - this.meanCost);
  }

  /** A call that was announced by `started` did not ask. */
  left(): void {
    this.asking--;
    this.room++;
  }

  granted(room: number, slots: number): void {
    this.asking--;
    if (this.room === Infinity) return;
    const left = room - this.asking;
    this.room = left > slots ? Infinity : left;
  }

  /** A call of this cost has no room before `until`. */
  refused(kind: 'requests' | 'tokens', cost: number, until: number, now: number): void {
    this.asking--;
    this.room = 0;
    const leastCost = kind === 'requests' || cost <= USUAL * this.meanCost ? 0 : cost;
    if (this.liveHold(now) === null || leastCost <= (this.hold?.leastCost ?? Infinity))
      this.hold = { until, leastCost };
  }

  /** Calls that may be started now, whatever they cost. */
  open(now: number): number {
    if (this.hold !== null && this.liveHold(now)?.leastCost === 0) return 0;
    return Math.max(this.room, this.asking === 0 ? 1 : 0);
  }

  /** Until when a call of this cost has no room; null: it may have. */
  heldUntil(cost: number, now: number): number | null {
    const hold = this.hold === null ? null : this.liveHold(now);
    return hold !== null && cost >= hold.leastCost ? hold.until : null;
  }

  /** Until when nothing has room. */
  closedUntil(now: number): number | null {
    return this.heldUntil(0, now);
  }

  private liveHold(now: number): Hold | null {
    if (this.hold !== null && now >= this.hold.until) this.hold = null;
    return this.hold;
  }
}
