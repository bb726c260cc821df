/** Each power of two is cut into this many equal buckets, so a value read back is off by at most 1 in 128. */
const BUCKETS_PER_OCTAVE = 128;
const OCTAVES = 21; // from 128 µs up: to 128 µs x 2^21 = 268 s, past every time-out of the generator
const SIZE = BUCKETS_PER_OCTAVE * (OCTAVES + 1);

/** Quantiles in ms; `null` when nothing was recorded. */
export interface Quantiles {
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/**
 * Durations in buckets of constant relative width, as HdrHistogram has them: 11 kB whatever the number of requests.
 *
 *   µs     0 1 2 … 127 | 128 129 … 255 | 256 258 … 510 | 512 516 … | …
 *   bucket 0 1 2 … 127 | 128 129 … 255 | 256 257 … 383 | 384 …     | …
 */
export class Histogram {
  private readonly buckets = new Uint32Array(SIZE);
  private count = 0;
  private sumMs = 0;
  private maxMs = 0;

  record(ms: number): void {
    const index = bucketOf(Math.round(Math.max(0, ms) * 1_000));
    this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    this.count++;
    this.sumMs += ms;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** Middle of the bucket that holds the q-th share of the values, in ms; `q` from 0 to 1. */
  quantile(q: number): number | null {
    if (this.count === 0) return null;
    let left = Math.max(1, Math.ceil(q * this.count));
    for (let index = 0; index < SIZE; index++) {
      left -= this.buckets[index] ?? 0;
      if (left <= 0) return Math.min(middleOf(index) / 1_000, this.maxMs);
    }
    return this.maxMs;
  }

  summary(): Quantiles {
    const empty = this.count === 0;
    return {
      count: this.count,
      mean: empty ? null : this.sumMs / this.count,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p99: this.quantile(0.99),
      max: empty ? null : this.maxMs,
    };
  }
}

function bucketOf(us: number): number {
  if (us < BUCKETS_PER_OCTAVE) return us;
  const octave = Math.min(Math.floor(Math.log2(us / BUCKETS_PER_OCTAVE)), OCTAVES - 1);
  return Math.min(BUCKETS_PER_OCTAVE * octave + Math.floor(us / 2 ** octave), SIZE - 1);
}

function middleOf(index: number): number {
  if (index < 2 * BUCKETS_PER_OCTAVE) return index;
  const octave = Math.floor(index / BUCKETS_PER_OCTAVE) - 1;
  return (index - BUCKETS_PER_OCTAVE * octave + 0.5) * 2 ** octave;
}
