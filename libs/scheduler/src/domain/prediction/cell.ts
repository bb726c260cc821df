import type { DDSketch } from '@datadog/sketches-js';
import type { Prediction, Quantiles, ServiceSample } from './prediction';
import { quantilesOf } from './quantity-sketch';
import { SketchWindow, type Quantity, type StoredWindow } from './sketch-window';

/** A window makes room for the next one when it is so old, in ms, and has so many samples: quantiles rest on one to two windows. */
const WINDOW_MS = 30_000;
const WINDOW_SAMPLES = 50;
/** What began earlier, in ms, counts only where there is nothing newer. */
export const FRESH_MS = 300_000;
/** Fresh samples that make older ones needless. */
export const ENOUGH = 40;
/** How long quantiles that were worked out serve, in ms: while calls end, and while none does. */
const MEMO_MS = 100;
const IDLE_MEMO_MS = 1_000;

export interface CellFigures extends Omit<Prediction, 'basis'> {
  readonly fresh: boolean;
}

/** What is known of calls of one kind: own samples in two windows that take turns, and what other processes stored. */
export class Cell {
  private current: SketchWindow | null = null;
  private before: SketchWindow | null = null;
  /** Of other processes: what was fresh when it was read, and what was not. */
  private others: readonly SketchWindow[] = [];
  private memo: CellFigures | null = null;
  private memoAt = -Infinity;
  private changed = false; // since the memo
  unsaved = false;
  /** Of a count of all uses, the latest of this one. */
  usedAt = 0;

  get isEmpty(): boolean {
    return this.current === null && this.others.length === 0;
  }

  add(sample: ServiceSample, now: number): void {
    const { current } = this;
    if (!current) this.current = new SketchWindow(now);
    else if (now - current.startedAt >= WINDOW_MS && current.count >= WINDOW_SAMPLES) {
      this.before = current;
      this.current = new SketchWindow(now);
    }
    this.current?.add(sample);
    this.changed = true;
    this.unsaved = true;
  }

  setOthers(others: readonly SketchWindow[]): void {
    this.others = others;
    this.changed = true;
  }

  toStored(now: number): StoredWindow[] {
    return this.own().map((window) => window.toStored(now));
  }

  read(now: number): CellFigures {
    const { memo } = this;
    if (memo && now - this.memoAt < (this.changed ? MEMO_MS : IDLE_MEMO_MS)) return memo;
    this.memoAt = now;
    this.changed = false;
    return (this.memo = this.figures(now));
  }

  private own(): SketchWindow[] {
    return [this.current, this.before].filter((window) => window !== null);
  }

  private figures(now: number): CellFigures {
    const all = [...this.own(), ...this.others];
    const recent = all.filter(({ startedAt }) => now - startedAt < FRESH_MS);
    const fresh = countOf(recent) >= ENOUGH;
    const windows = fresh ? recent : all;
    return {
      ttftMs: quantiles(windows, 'ttft'),
      tpotMs: quantiles(windows, 'tpot') ?? quantiles(windows, 'wholeTpot'),
      outputTokens: quantiles(windows, 'outputTokens'),
      serviceMs: quantiles(windows, 'service'),
      samples: countOf(windows),
      fresh,
    };
  }
}

const countOf = (windows: readonly SketchWindow[]): number => windows.reduce((sum, { count }) => sum + count, 0);

function quantiles(windows: readonly SketchWindow[], quantity: Quantity): Quantiles | null {
  const sketches: DDSketch[] = [];
  for (const { sketches: of } of windows) {
    const sketch = of[quantity];
    if (sketch) sketches.push(sketch);
  }
  return quantilesOf(sketches);
}
