/** Periods (heartbeats) that a peak is remembered. */
const PERIODS = 4;
/** One slot in this many is wanted beyond the peak. */
const SPARE_PART = 8;
/** Slots that are wanted beyond the peak however low it is: where requests are few, two more than ever before seldom come at once. */
const MIN_SPARE = 2;

/** The most slots that were needed at a time over the last few periods, with some to spare: what to hold so that requests find one free. */
export class DemandPeak {
  private readonly peaks = new Array<number>(PERIODS).fill(0);
  private period = 0;

  see(needed: number): void {
    if (needed > (this.peaks[this.period] ?? 0)) this.peaks[this.period] = needed;
  }

  /** A new period begins. */
  turn(needed: number): void {
    this.period = (this.period + 1) % PERIODS;
    this.peaks[this.period] = needed;
  }

  get peak(): number {
    return Math.max(...this.peaks);
  }

  get wanted(): number {
    return this.peak + Math.max(MIN_SPARE, Math.ceil(this.peak / SPARE_PART));
  }
}
