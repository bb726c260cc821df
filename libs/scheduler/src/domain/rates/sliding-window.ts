/** Limits are per minute: never more than so many in any 60 s. */
export const WINDOW_MS = 60_000;
/** What happened within one of these is forgotten together, so a window is conservative by at most one of them. */
export const BUCKET_MS = 1_000;
/** Buckets before the present one that a window of any phase may touch. */
export const SPAN = WINDOW_MS / BUCKET_MS;

const BUCKETS = SPAN + 1;

export const bucketAt = (now: number): number => Math.floor(now / BUCKET_MS);

/** Ms until what happened in a bucket counts no more. */
export const forgottenInMs = (bucket: number, now: number): number => (bucket + BUCKETS) * BUCKET_MS - now;

/**
 * How much happened in the last 60 s, in buckets of a second:
 *
 *     bucket   b-60 | b-59 | ... | b-1 | b        now lies in b
 *              |<---- counts: 61 buckets --->|     so that all of (now - 60 s, now] does
 *
 * Times are ms on one clock that does not go back.
 */
export class SlidingWindow {
  private readonly counts = new Float64Array(BUCKETS); // by bucket modulo their number
  private newest = Number.NEGATIVE_INFINITY;
  private sum = 0;

  used(now: number): number {
    this.advance(now);
    return this.sum;
  }

  add(now: number, amount: number): void {
    this.advance(now);
    this.put(this.newest, amount);
  }

  /** Takes back what was added in a bucket, if it still counts. */
  takeBack(now: number, bucket: number, amount: number): void {
    this.advance(now);
    if (bucket < this.newest - SPAN || bucket > this.newest) return;
    this.put(bucket, -Math.min(amount, this.counts[bucket % BUCKETS] ?? 0));
  }

  /** Ms until so much of what counts now is forgotten. */
  freesInMs(now: number, amount: number): number {
    this.advance(now);
    let freed = 0;
    for (let bucket = this.newest - SPAN; bucket < this.newest; bucket++) {
      freed += this.counts[bucket % BUCKETS] ?? 0;
      if (freed >= amount) return forgottenInMs(bucket, now);
    }
    return forgottenInMs(this.newest, now);
  }

  /** Ms until nothing counts any more. */
  emptyInMs(now: number): number {
    this.advance(now);
    for (let bucket = this.newest; bucket >= this.newest - SPAN; bucket--) {
      if ((this.counts[bucket % BUCKETS] ?? 0) > 0) return forgottenInMs(bucket, now);
    }
    return 0;
  }

  private advance(now: number): void {
    const present = bucketAt(now);
    if (present <= this.newest) return;
    if (present - this.newest >= BUCKETS) {
      this.counts.fill(0);
      this.sum = 0;
    } else {
      for (let bucket = this.newest + 1; bucket <= present; bucket++) this.forget(bucket % BUCKETS);
    }
    this.newest = present;
  }

  private forget(slot: number): void {
    this.sum -= this.counts[slot] ?? 0;
    this.counts[slot] = 0;
  }

  private put(bucket: number, amount: number): void {
    this.counts[bucket % BUCKETS] = (this.counts[bucket % BUCKETS] ?? 0) + amount;
    this.sum += amount;
  }
}
