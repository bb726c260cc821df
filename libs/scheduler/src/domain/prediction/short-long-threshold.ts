import type { DDSketch } from '@datadog/sketches-js';
import { addTo, newSketch, quantilesOf } from './quantity-sketch';

const HOUR_MS = 3_600_000;
/** Until something was learned, in tokens. */
const FIRST_TOKENS = 4_000;
/** However short or long everything is, in tokens. */
const MIN_TOKENS = 500;
const MAX_TOKENS = 50_000;
/** Requests from which on the first threshold is learned, and without which an hour changes nothing. */
const ENOUGH = 500;

/**
 * From which predicted cost on a request is long: the median of the last one to two hours. Every fourth slot is offered to long work first, so
 * three quarters of the slots go to short work while both wait: half of the requests fit in there up to one and a half times the capacity.
 * Were only the few long that carry half of the work (a quarter of the requests in both recorded traces), their fourth of the slots would
 * be more than they ask for, and short work would wait longer than without classes (`npm run bench -- prediction`).
 */
export class ShortLongThreshold {
  private learned = FIRST_TOKENS;
  private current = newSketch();
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
    this.current = newSketch();
    this.turnsAt = now + HOUR_MS;
  }

  private recalibrate(): void {
    const sketches = this.before ? [this.current, this.before] : [this.current];
    if (sketches.reduce((sum, { store }) => sum + store.count, 0) < ENOUGH) return;
    const median = quantilesOf(sketches)?.p50 ?? this.learned;
    this.learned = Math.round(Math.min(Math.max(median, MIN_TOKENS), MAX_TOKENS));
    this.isFirst = false;
  }
}
