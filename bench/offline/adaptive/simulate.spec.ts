import { fixedLimit, type CallEnd } from './limiters';
import { Simulation } from './simulate';

const works = Array.from({ length: 8 }, (_, i) => ({ arrivesAt: i, prefillMs: 100, outputTokens: 11 }));

describe('Simulation', () => {
  it('lets no more go at a time than the limit, and answers everybody', () => {
    const seen: CallEnd[] = [];
    const limiter = { limit: () => 2, ended: (call: CallEnd) => void seen.push(call) };
    const run = new Simulation({ capacityAt: () => 100, boundAt: () => Infinity, changes: [] }, limiter).run(
      works,
      10_000,
    );
    expect(run.answers).toHaveLength(8);
    expect(Math.max(...seen.map(({ inFlight }) => inFlight))).toBe(2);
    expect(run.inFlightMs).toBeCloseTo(seen.reduce((sum, { totalMs }) => sum + totalMs, 0));
  });

  it('refuses what is beyond the bound of the upstream; it comes again', () => {
    const run = new Simulation({ capacityAt: () => 100, boundAt: () => 4, changes: [] }, fixedLimit(100)).run(
      works,
      10_000,
    );
    expect(run.answers).toHaveLength(8);
    expect(run.refusals).toBeGreaterThanOrEqual(4);
  });
});
