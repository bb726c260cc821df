import { IdleMeter } from './idle-meter';
import { jainIndex, JainWindows } from './jain';
import { ServiceGap } from './service-gap';
import { ServiceMeter } from './service-meter';
import type { Attempt } from './sim-call';

const SERVICE = { ttftMs: 0, tpotMs: 10, totalMs: 1_000 };
const attemptOf = (tenant: string, weight = 1): Attempt => ({
  call: { atMs: 0, tenant, weight, input: 50, output: 100 },
  ...{ number: 1, atMs: 0, deadlineAtMs: Infinity },
});

describe('the service of tenants', () => {
  it('is input at the start, output as it is made, each by its weight, over the weight of the tenant', () => {
    const seen: number[][] = [];
    const meter = new ServiceMeter(['a'], [(_now, tenants) => seen.push(tenants.map(({ service }) => service))]);
    const call = attemptOf('a', 2);
    meter.arrived(call, 0);
    meter.started(call, 0, SERVICE);
    expect(seen.at(-1)).toEqual([25]);
    meter.arrived(attemptOf('a', 2), 500); // half of the output
    expect(seen.at(-1)).toEqual([75]);
    meter.ended(call, 1_000);
    expect(seen.at(-1)).toEqual([125]);
    expect(meter.bound(1)).toBe(2 * 2 * 150);
  });

  it('differs by the largest range in an interval in which both wait; what one gets while the other asks for nothing is no gap', () => {
    const gap = new ServiceGap();
    const at = (a: number, b: number, waiting: readonly [number, number]): void =>
      gap.listen(0, [
        { service: a, waiting: waiting[0] },
        { service: b, waiting: waiting[1] },
      ]);
    at(0, 0, [1, 0]);
    at(500, 0, [1, 0]);
    at(500, 0, [1, 1]);
    at(520, 0, [1, 1]);
    at(520, 50, [1, 1]); // from 20 ahead to 30 behind
    at(520, 60, [1, 0]); // and 10 more when the other's last request starts
    at(520, 900, [1, 0]);
    expect(gap.value).toBe(60);
  });
});

describe("Jain's index", () => {
  it('is 1 for equals and 1/n where one has everything', () => {
    expect(jainIndex([3, 3, 3])).toBe(1);
    expect(jainIndex([0, 0, 8, 0])).toBe(0.25);
  });

  it('leaves out tenants that did not wait all through the window', () => {
    const windows = new JainWindows(1_000);
    const at = (now: number, services: readonly number[], waiting: readonly number[]): void =>
      windows.listen(
        now,
        services.map((service, i) => ({ service, waiting: waiting[i] ?? 0 })),
      );
    at(0, [0, 0, 0], [1, 1, 1]); // tenants come during the first window
    at(1_000, [10, 10, 10], [1, 1, 1]);
    at(1_500, [20, 20, 10], [1, 1, 0]);
    at(2_000, [30, 30, 10], [1, 1, 1]);
    at(3_000, [60, 40, 10], [1, 1, 1]);
    expect(windows.indexes).toEqual([1, jainIndex([30, 10, 0])]);
  });
});

describe('idle slots', () => {
  it('count while somebody waits, at most one for each who waits', () => {
    const meter = new IdleMeter(4);
    meter.arrived({}, 0);
    meter.started({}, 0);
    meter.ended({}, 5_000); // nobody waited
    meter.arrived({}, 5_000);
    meter.arrived({}, 6_000);
    meter.started({}, 8_000);
    meter.started({}, 8_000);
    expect(meter.idleSlotSeconds).toBe(1 + 2 * 2);
    expect(meter.utilisation).toBeCloseTo(5 / (4 * 8));
  });
});
