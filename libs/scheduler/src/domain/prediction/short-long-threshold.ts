import type { DDSketch } from '@datadog/sketches-js';
import { addTo, newSketch } from './quantity-sketch';

const HOUR_MS = 3_600_000;
/** Until something was learned, in tokens. */
const FIRST_TOKENS = 4_000;
/** However short or long everything is, in tokens. */
const MIN_TOKENS = 500;
const MAX_TOKENS = 50_000;
/** Of the requests, at most: less than half, so that short ones are called faster than they come while both wait. */
const SHORT_REQUESTS = 0.4;
/** Relative error of the border: where most requests cost much the same, 1% of the cost is a tenth of the requests. 80 kB a sketch. */
const ACCURACY = 0.001;
/** Requests from which on the first threshold is learned, and without which an hour changes nothing. */
const ENOUGH = 500;

/**
 * From which predicted cost on a request is long: below are at most two fifths of the requests of the last one to two hours. Each class of a
 * tenant has tickets of its own in line, stamped one after the other, so while both wait they are called in turn: half of the calls are short.
 * Two fifths of the requests fit in there up to one and a quarter times the capacity. Were short ones the majority, such as where long is what
 * carries half of the work, long ones would pass them, and short ones would wait longer than without classes (`npm run bench -- prediction`).
 * Requests of equal cost are all long or all short.
 */
export class ShortLongThreshold {
  private learned = FIRST_TOKENS;
  private current = newSketch(ACCURACY);
  private before: DDSketch | null = null;
  private turnsAt: number | null = null; // monotonic, in ms
  private isFirst = true;

  /** In tokens (input + 2 x output). */
  get tokens(): number {
    return this.learned;
  }

  /** A request came; `now`: monotonic, in ms. */
  observe(cost: number, now: number): void {
    this.turnsAt ??= now + HOUR_MS;
    if (now >= this.turnsAt) this.turn(now);
    addTo(this.current, cost);
    if (this.isFirst && this.current.store.count >= ENOUGH) this.recalibrate();
  }

  private turn(now: number): void {
    this.recalibrate();
    this.before = this.current;
    this.current = newSketch(ACCURACY);
    this.turnsAt = now + HOUR_MS;
  }

  private recalibrate(): void {
    const seen = newSketch(ACCURACY);
    for (const sketch of [this.current, this.before]) if (sketch) seen.merge(sketch);
    if (seen.store.count < ENOUGH) return;
    const lowerEnd = Math.ceil(seen.getValueAtQuantile(SHORT_REQUESTS) / (1 + ACCURACY)); // of its bin: those of one cost stay together
    this.learned = Math.min(Math.max(lowerEnd, MIN_TOKENS), MAX_TOKENS);
    this.isFirst = false;
  }
}
