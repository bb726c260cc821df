/** Readings that are remembered, one a second. */
const READINGS = 30;
/** Fewer say nothing. */
const MIN_READINGS = 5;

interface Reading {
  readonly virtualTime: number; // weighted tokens
  readonly at: number; // monotonic ms
}

/** How fast a pool's virtual time runs while somebody waits, in weighted tokens a ms: how long it takes until a start tag comes up. */
export class VirtualPace {
  private readings: Reading[] = [];

  observe(virtualTime: number, at: number, contended: boolean): void {
    if (!contended) this.readings = [];
    else {
      this.readings.push({ virtualTime, at });
      if (this.readings.length > READINGS) this.readings.shift();
    }
  }

  /** Time until work of this start tag is served, ms; undefined while too little has been seen. */
  untilMs(startTag: number, virtualTime: number): number | undefined {
    const [first] = this.readings;
    const last = this.readings.at(-1);
    if (!first || !last || this.readings.length < MIN_READINGS || last.virtualTime <= first.virtualTime)
      return undefined;
    const pace = (last.virtualTime - first.virtualTime) / (last.at - first.at);
    return Math.max(0, startTag - virtualTime) / pace;
  }
}
