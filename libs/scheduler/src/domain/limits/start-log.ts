/** When the latest calls were started, oldest first, in a ring. */
export class StartLog {
  private readonly times: Float64Array;
  private count = 0;

  constructor(private readonly capacity: number) {
    this.times = new Float64Array(capacity);
  }

  /** Starts since the beginning. */
  get total(): number {
    return this.count;
  }

  /** `now` never goes back. */
  add(now: number): void {
    this.times[this.count % this.capacity] = now;
    this.count++;
  }

  /** How many were started after `time`; null if there were too many to know. */
  since(time: number): number | null {
    let low = Math.max(0, this.count - this.capacity);
    if (low > 0 && this.at(low) > time) return null;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) > time) high = middle;
      else low = middle + 1;
    }
    return this.count - low;
  }

  private at(index: number): number {
    return this.times[index % this.capacity] ?? 0;
  }
}
