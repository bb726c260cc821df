import { Calibration } from './calibration';
import type { Prediction, ServiceSample } from './prediction';

const PREDICTED: Prediction = {
  ...{ serviceMs: { p50: 1_000, p90: 2_000 }, ttftMs: { p50: 100, p90: 200 }, tpotMs: null, outputTokens: null },
  ...{ basis: 'size', samples: 100 },
};
const came = (serviceMs: number, ttftMs: number | null = 100): ServiceSample => ({
  ...{ serviceMs, ttftMs, outputTokens: 10 },
});

describe('Calibration', () => {
  it('tells which share of calls took no longer than was predicted, and how far the middle was off', () => {
    const calibration = new Calibration();
    for (const ms of [500, 1_000, 1_500, 3_000]) calibration.compare(PREDICTED, came(ms));
    expect(calibration.figures('service')).toEqual({ p50: 0.5, p90: 0.75, error: 3_000 / 6_000 });
    expect(calibration.calls('service')).toBe(4);
  });

  it('compares only what was predicted and what came', () => {
    const calibration = new Calibration();
    calibration.compare(PREDICTED, came(1_000, null));
    expect(calibration.figures('ttft')).toBeNull();
    expect(calibration.figures('output_tokens')).toBeNull();
    expect(calibration.figures('service')).not.toBeNull();
  });

  it('follows a target that changes', () => {
    const calibration = new Calibration();
    for (let i = 0; i < 10_000; i++) calibration.compare(PREDICTED, came(1_000));
    for (let i = 0; i < 4_000; i++) calibration.compare(PREDICTED, came(9_000));
    expect(calibration.figures('service')?.p90).toBeLessThan(0.3);
    expect(calibration.calls('service')).toBe(14_000);
  });
});
