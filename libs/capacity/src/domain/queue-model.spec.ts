import { busySlots, erlangC, type Load, mixed, predictedWait, sustainableRate, utilisationOf } from './queue-model';

/** One slot, a second each: utilisation is the rate. */
const M_M_1: Load = { requestsPerSecond: 0.5, serviceMs: 1_000, serviceCv: 1, dispersion: 1, slots: 1 };

describe('the queue model', () => {
  it("has Erlang's probability of waiting", () => {
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12); // one slot: it is busy that often
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12); // by hand: (1/2 / 0.5) / (1 + 1 + 1)
    expect(erlangC(10, 8)).toBeCloseTo(0.4092, 4); // Erlang's tables
    expect(erlangC(10_000, 9_900)).toBeGreaterThan(0);
    expect(erlangC(4, 4)).toBe(1);
    expect(erlangC(4, 0)).toBe(0);
  });

  it('is exact for M/M/1', () => {
    const wait = predictedWait({ ...M_M_1, requestsPerSecond: 0.8 });
    expect(wait?.mean).toBeCloseTo(4_000, 6); // rho / (mu - lambda)
    expect(wait?.p90).toBeCloseTo(5_000 * Math.log(8), 6);
  });

  it('halves the mean where all calls take the same time, as Pollaczek and Khinchine do', () => {
    const steady = predictedWait({ ...M_M_1, serviceCv: 0 });
    expect(steady?.mean).toBeCloseTo((predictedWait(M_M_1)?.mean ?? 0) / 2, 9);
  });

  it('has no wait to tell from utilisation 1 on, and none where nothing is asked', () => {
    expect(predictedWait({ ...M_M_1, requestsPerSecond: 1 })).toBeNull();
    expect(predictedWait({ ...M_M_1, requestsPerSecond: 0 })).toEqual({ mean: 0, p90: 0 });
    expect(utilisationOf({ ...M_M_1, requestsPerSecond: 3, slots: 4 })).toBe(0.75);
  });

  it('finds the rate at which the P90 wait is as long as allowed', () => {
    const load: Load = { requestsPerSecond: 1, serviceMs: 4_000, serviceCv: 1.2, dispersion: 2, slots: 16 };
    const rate = sustainableRate(load, 2_000);
    expect(predictedWait({ ...load, requestsPerSecond: rate })?.p90).toBeCloseTo(2_000, 0);
    expect(rate).toBeLessThan(4);
    expect(sustainableRate({ ...load, dispersion: 8 }, 2_000)).toBeLessThan(rate);
    expect(sustainableRate({ ...load, serviceMs: 0 }, 2_000)).toBe(0);
  });

  it('mixes two kinds of requests: what varies between them varies in the mix', () => {
    const short: Load = { requestsPerSecond: 1, serviceMs: 1_000, serviceCv: 0, dispersion: 1, slots: 8 };
    const long: Load = { ...short, serviceMs: 3_000, dispersion: 3 };
    const both = mixed(short, long);
    expect(both).toMatchObject({ requestsPerSecond: 2, serviceMs: 2_000, dispersion: 2, slots: 8 });
    expect(both.serviceCv).toBeCloseTo(0.5, 12);
    expect(busySlots(both)).toBeCloseTo(busySlots(short) + busySlots(long), 12);
    expect(mixed({ ...short, requestsPerSecond: 0 }, long)).toMatchObject({ serviceMs: 3_000, serviceCv: 0 });
  });
});
