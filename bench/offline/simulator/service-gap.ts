import type { ServiceListener } from './service-meter';

/** Only to make one key of two indexes. */
const MAX_TENANTS = 1_000;

interface Pair {
  backlogged: boolean;
  least: number;
  most: number;
}

/**
 * The largest difference in service that two tenants got in any interval in which both were backlogged: over each stretch of time in which
 * they are, the range of the difference of what they have got.
 */
export class ServiceGap {
  private readonly pairs = new Map<number, Pair>();
  private largest = 0;

  get value(): number {
    return this.largest;
  }

  readonly listen: ServiceListener = (_now, tenants) => {
    for (let i = 0; i < tenants.length; i++) {
      for (let j = i + 1; j < tenants.length; j++) {
        const [a, b] = [tenants[i], tenants[j]];
        if (a && b) this.see(this.pairOf(i * MAX_TENANTS + j), a.waiting > 0 && b.waiting > 0, a.service - b.service);
      }
    }
  };

  private see(pair: Pair, backlogged: boolean, difference: number): void {
    if (!pair.backlogged) pair.least = pair.most = difference;
    // What was got up to the moment at which one of them stops to wait counts still.
    if (backlogged || pair.backlogged) {
      pair.least = Math.min(pair.least, difference);
      pair.most = Math.max(pair.most, difference);
      this.largest = Math.max(this.largest, pair.most - pair.least);
    }
    pair.backlogged = backlogged;
  }

  private pairOf(key: number): Pair {
    const known = this.pairs.get(key);
    if (known) return known;
    const pair = { backlogged: false, least: 0, most: 0 };
    this.pairs.set(key, pair);
    return pair;
  }
}
