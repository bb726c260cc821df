/**
 * Counts of hashed n-grams in one range of indices, weighted and scaled to length 1.
 *
 *   counts  [0 0 3 0 1 ...]  one slot an index, zero between calls
 *   touched [2 4 ...]        the slots in use, in the order they were met
 */
export class Block {
  private readonly counts: Uint16Array;
  private readonly touched: Int32Array;
  private used = 0;

  /** `bits`: log2 of the number of indices; `offset`: the first of them; `capacity`: distinct n-grams at most, more are dropped. */
  constructor(
    private readonly bits: number,
    private readonly offset: number,
    private readonly capacity: number,
  ) {
    this.counts = new Uint16Array(2 ** bits);
    this.touched = new Int32Array(capacity);
  }

  /** Counts one n-gram by its 32-bit hash. */
  add(hash: number): void {
    const slot = hash >>> (32 - this.bits);
    const count = this.counts[slot] ?? 0;
    if (count === 0) {
      if (this.used === this.capacity) return;
      this.touched[this.used++] = slot;
    }
    if (count < 65_535) this.counts[slot] = count + 1;
  }

  /** Writes (1 + ln count) x weight, divided by the length of all, from `at` on; empties the block; gives the position after the last. */
  flush(indices: Int32Array, values: Float32Array, at: number, weights: Float32Array | null): number {
    let squares = 0;
    for (let i = 0; i < this.used; i++) {
      const slot = this.touched[i] ?? 0;
      const index = this.offset + slot;
      const value = (1 + Math.log(this.counts[slot] ?? 1)) * (weights?.[index] ?? 1);
      this.counts[slot] = 0;
      indices[at + i] = index;
      values[at + i] = value;
      squares += value * value;
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    const end = at + this.used;
    for (let i = at; i < end; i++) values[i] = (values[i] ?? 0) * scale;
    this.used = 0;
    return end;
  }
}
