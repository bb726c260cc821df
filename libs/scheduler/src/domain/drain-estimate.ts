/** Weight of the newest call in the running means. */
const SMOOTHING = 0.1;
/** Fewer observations than this foretell nothing. */
const MIN_OBSERVATIONS = 8;

/**
 * How fast a pool works off its line: tokens a slot serves in a ms, by running means of what calls cost and how long they hold their
 * slots (a ratio of means: the mean of ratios would let short calls count as much as long ones).
 */
export class DrainEstimate {
  private meanMs = 0;
  private meanCost = 0; // as predicted
  private meanActual = 0;
  private observations = 0;

  /** `cost`: as predicted, which is what waiting work is measured in; `actual`: what it came to. Tokens. */
  observe(serviceMs: number, cost: number, actual = cost): void {
    const share = this.observations === 0 ? 1 : Math.max(SMOOTHING, 1 / (this.observations + 1));
    this.meanMs += share * (serviceMs - this.meanMs);
    this.meanCost += share * (cost - this.meanCost);
    this.meanActual += share * (actual - this.meanActual);
    this.observations++;
  }

  /** What a predicted token comes to. */
  get bias(): number {
    return this.meanCost > 0 && this.meanActual > 0 ? this.meanActual / this.meanCost : 1;
  }

  /** Time until `work` tokens have been taken up by `slots` slots, all busy now, ms; `undefined` while too little has been seen. */
  waitMs(work: number, slots: number): number | undefined {
    if (this.observations < MIN_OBSERVATIONS) return undefined;
    const calls = this.meanCost > 0 ? work / this.meanCost : 0;
    return ((calls + 1) * this.meanMs) / Math.max(1, slots); // one more: until the first of the slots is free
  }
}
