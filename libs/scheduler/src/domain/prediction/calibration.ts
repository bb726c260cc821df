import type { Prediction, Quantiles, ServiceSample } from './prediction';

/** Calls after which what was counted weighs half, so that a target that changed shows: figures are those of the last 1,000 to 2,000. */
const HALVE_AT = 2_000;

export const CALIBRATED = ['service', 'ttft', 'output_tokens'] as const;
export type Calibrated = (typeof CALIBRATED)[number];

export interface CalibrationFigures {
  /** Share of calls at or below what was predicted. */
  readonly p50: number;
  readonly p90: number;
  /** Sum of the distances from P50 over the sum of what came: 0 is exact. */
  readonly error: number;
}

class Tally {
  calls = 0; // all there were
  private weight = 0;
  private below50 = 0;
  private below90 = 0;
  private distance = 0;
  private came = 0;

  add({ p50, p90 }: Quantiles, actual: number): void {
    this.calls++;
    this.weight++;
    if (actual <= p50) this.below50++;
    if (actual <= p90) this.below90++;
    this.distance += Math.abs(actual - p50);
    this.came += actual;
    if (this.weight >= HALVE_AT) this.halve();
  }

  read(): CalibrationFigures | null {
    if (this.weight === 0) return null;
    const { weight, below50, below90, distance, came } = this;
    return { p50: below50 / weight, p90: below90 / weight, error: came > 0 ? distance / came : 0 };
  }

  private halve(): void {
    this.weight /= 2;
    this.below50 /= 2;
    this.below90 /= 2;
    this.distance /= 2;
    this.came /= 2;
  }
}

/** How well predictions hold: what was predicted before a call, beside what came. */
export class Calibration {
  private readonly tallies: Readonly<Record<Calibrated, Tally>> = {
    service: new Tally(),
    ttft: new Tally(),
    output_tokens: new Tally(),
  };

  /** What was not predicted, or did not come, counts for nothing. */
  compare(predicted: Prediction, { ttftMs, outputTokens, serviceMs }: ServiceSample): void {
    const { service, ttft, output_tokens } = this.tallies;
    if (predicted.serviceMs) service.add(predicted.serviceMs, serviceMs);
    if (predicted.ttftMs && ttftMs !== null) ttft.add(predicted.ttftMs, ttftMs);
    if (predicted.outputTokens) output_tokens.add(predicted.outputTokens, outputTokens);
  }

  /** null: nothing of that kind was compared yet. */
  figures(quantity: Calibrated): CalibrationFigures | null {
    return this.tallies[quantity].read();
  }

  calls(quantity: Calibrated): number {
    return this.tallies[quantity].calls;
  }
}
