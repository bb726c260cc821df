/** Values of calls, a bounded number of them, until somebody judges them together. */
export class SampleWindow {
  private readonly values: number[] = [];

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.values.length;
  }

  add(value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value) || value < 0 || this.values.length >= this.capacity) return;
    this.values.push(value);
  }

  /** The smallest value that a share `q` of the values does not exceed; null if there are fewer than `least`. */
  quantile(q: number, least: number): number | null {
    const { values } = this;
    if (values.length === 0 || values.length < least) return null;
    values.sort((a, b) => a - b);
    return values[Math.max(0, Math.ceil(q * values.length) - 1)] ?? null;
  }

  clear(): void {
    this.values.length = 0;
  }
}
