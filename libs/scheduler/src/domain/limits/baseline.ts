/** Weight of the newest window: in the mean of all so far, but never less than this. */
const SLOWEST = 0.05;

/**
 * What something takes when the upstream is not busy, in ms. Only windows that were not busy move it, each a little: it follows an upstream that became
 * slower, and load cannot make it creep up. Until there was one, the lowest window so far stands in.
 */
export class Baseline {
  private current: number | null = null;
  private windows = 0; // that were not busy

  /** Null before the first window. */
  get value(): number | null {
    return this.current;
  }

  observe(value: number, isBusy: boolean): void {
    if (isBusy) {
      if (this.windows === 0) this.current = Math.min(this.current ?? value, value);
      return;
    }
    this.windows++;
    const before = this.windows === 1 ? value : (this.current ?? value);
    this.current = before + Math.max(SLOWEST, 1 / this.windows) * (value - before);
  }
}
