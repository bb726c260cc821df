import { DDSketch } from '@datadog/sketches-js';
import type { UpstreamCompleted } from '../ports/upstream-client.port';

/** Figures cover the window that fills and the one before, in ms: what is older than two of them is forgotten. */
const WINDOW_MS = 300_000;
/** Relative error of a quantile; less than what rounding to two digits adds. */
const ACCURACY = 0.01;
/** What a sketch may hold, in ms: at most 990 bins of 8 bytes each. */
const MIN_VALUE_MS = 0.01;
const MAX_VALUE_MS = 3_600_000;
/** Of a whole answer, time for each token says something about the pace only when there are this many. */
const MIN_WHOLE_TOKENS = 16;

interface Window {
  readonly ttft: DDSketch;
  readonly tpot: DDSketch;
  readonly wholeTpot: DDSketch;
  calls: number;
  failed: number;
}

export interface RecentFigures {
  readonly ttftP50Ms: number | null;
  readonly ttftP90Ms: number | null;
  readonly ttftP95Ms: number | null;
  readonly tpotP50Ms: number | null;
  readonly tpotP90Ms: number | null;
  readonly samples: number;
  readonly errorRate: number | null;
}

/** How the calls to one target went lately: quantile sketches (DDSketch, Masson et al., VLDB 2019) in two windows that take turns. */
export class RecentSketches {
  private current = emptyWindow();
  private before = emptyWindow();

  /** `now`: monotonic, in ms. */
  constructor(private startedAt: number) {}

  /** From then on what `read` gave is too old. */
  get rotatesAt(): number {
    return this.startedAt + WINDOW_MS;
  }

  failed(now: number): void {
    this.rotate(now);
    this.current.calls += 1;
    this.current.failed += 1;
  }

  refused(now: number): void {
    this.rotate(now);
    this.current.calls += 1;
  }

  /** A stream that was still silent: its first token takes at least so long. */
  overtaken(now: number, waitedMs: number): void {
    this.rotate(now);
    this.current.calls += 1;
    add(this.current.ttft, waitedMs);
  }

  completed(now: number, { body, ttftMs, totalMs, usage }: UpstreamCompleted): void {
    this.rotate(now);
    const { current } = this;
    current.calls += 1;
    const tokens = usage?.outputTokens ?? 0;
    const isStream = body.length === 0;
    if (isStream) {
      add(current.ttft, ttftMs);
      if (tokens > 1) add(current.tpot, (totalMs - ttftMs) / (tokens - 1));
    } else if (tokens >= MIN_WHOLE_TOKENS) add(current.wholeTpot, totalMs / tokens);
  }

  read(now: number): RecentFigures {
    this.rotate(now);
    const [current, before] = [this.current, this.before];
    const ttft = merged(current.ttft, before.ttft);
    const streamed = merged(current.tpot, before.tpot);
    const tpot = streamed.count > 0 ? streamed : merged(current.wholeTpot, before.wholeTpot);
    const samples = current.calls + before.calls;
    return {
      ttftP50Ms: quantile(ttft, 0.5),
      ttftP90Ms: quantile(ttft, 0.9),
      ttftP95Ms: quantile(ttft, 0.95),
      tpotP50Ms: quantile(tpot, 0.5),
      tpotP90Ms: quantile(tpot, 0.9),
      samples,
      errorRate: samples === 0 ? null : roundTwoDigits((current.failed + before.failed) / samples),
    };
  }

  private rotate(now: number): void {
    const passed = Math.floor((now - this.startedAt) / WINDOW_MS);
    if (passed < 1) return;
    this.before = passed === 1 ? this.current : emptyWindow();
    this.current = emptyWindow();
    this.startedAt += passed * WINDOW_MS;
  }
}

/** 1234 gives 1200, 0.01234 gives 0.012. */
export const roundTwoDigits = (value: number): number => Number(value.toPrecision(2));

const emptyWindow = (): Window => ({
  ttft: newSketch(),
  tpot: newSketch(),
  wholeTpot: newSketch(),
  calls: 0,
  failed: 0,
});

const newSketch = (): DDSketch => new DDSketch({ relativeAccuracy: ACCURACY });

function add(sketch: DDSketch, ms: number): void {
  sketch.accept(Math.min(Math.max(ms, MIN_VALUE_MS), MAX_VALUE_MS));
}

function merged(current: DDSketch, before: DDSketch): DDSketch {
  if (before.count === 0) return current;
  if (current.count === 0) return before;
  const both = newSketch();
  both.merge(current);
  both.merge(before);
  return both;
}

const quantile = (sketch: DDSketch, q: number): number | null =>
  sketch.count === 0 ? null : roundTwoDigits(sketch.getValueAtQuantile(q));
