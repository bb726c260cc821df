/** At most `burst` events at once and one each `everyMs` in the long run (generic cell rate algorithm, ITU-T I.371). */
export class Pace {
  private dueAt = -Infinity; // ms

  constructor(
    private readonly everyMs: number,
    private readonly burst: number,
  ) {}

  /** Books the next event; returns how long it has to wait, ms. */
  book(now: number): number {
    this.dueAt = Math.max(this.dueAt, now) + this.everyMs;
    return Math.max(0, this.dueAt - this.burst * this.everyMs - now);
  }
}
