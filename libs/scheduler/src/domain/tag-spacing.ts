/** Weight of the newest gap in the mean. */
const SMOOTHING = 0.2;

/** How far apart the start tags are of tickets of one class that are called one after another, in weighted tokens. */
export class TagSpacing {
  private last: number | null = null;
  private mean: number | null = null;

  /** The tag of a ticket that was called. */
  see(tag: number): void {
    if (this.last !== null) {
      const gap = Math.max(0, tag - this.last);
      this.mean = this.mean === null ? gap : this.mean + SMOOTHING * (gap - this.mean);
    }
    this.last = tag;
  }

  /** How much higher a ticket's tag is than that of the one so many places before; Infinity while nothing has been seen. */
  after(places: number): number {
    return places === 0 ? 0 : places * (this.mean ?? Infinity);
  }
}
