import type { Scene } from '../fairness/scenes';
import { bordersOf, costFrom, LEARNED } from './class-borders';
import { classFigures } from './class-figures';

/** Twice what two slots can do: the backlog grows all through. A third of the requests is cheap (522 as predicted, the others 1,502 and 1,512). */
const BACKLOG: Scene = {
  name: 'backlog',
  slots: 2,
  calls: Array.from({ length: 300 }, (_, i) => ({
    ...{ atMs: i * 500, tenant: 'one', weight: 1 },
    ...(i % 3 === 0 ? { input: 10, output: 20 } : { input: 980 + 10 * (i % 3), output: 50 }),
  })),
};
const NO_BORDER = { longCostTokens: Number.MAX_SAFE_INTEGER, shortShare: 0.1 };

describe('the measure of classes', () => {
  it('finds the cost from which on requests carry a share of the work', () => {
    expect(costFrom([1, 1, 2, 4], 0.5)).toBe(4);
    expect(costFrom([1, 1, 2, 4], 0.75)).toBe(2);
    expect(costFrom([1, 1, 2, 4], 1)).toBe(1);
  });

  it('compares borders, of which the learned one has at most two fifths of the requests below', () => {
    const costs = Array.from({ length: 1_000 }, (_, i) => 600 + ((i * 337) % 1_000));
    const learned = bordersOf(costs).find(({ name }) => name === LEARNED)?.tokens ?? NaN;
    expect(costs.filter((cost) => cost < learned).length).toBeGreaterThan(380);
    expect(costs.filter((cost) => cost < learned).length).toBeLessThanOrEqual(400);
  });

  it('runs the scheduler: short requests wait less where the others are long, and nothing of that shows without a border', async () => {
    const [without, within] = [
      await classFigures(BACKLOG, NO_BORDER),
      await classFigures(BACKLOG, { ...NO_BORDER, longCostTokens: 1_000 }),
    ];
    expect([without.longShare, without.worstLongMs]).toEqual([0, 0]);
    expect(within.longShare).toBeCloseTo(2 / 3);
    expect(within.cheap.mean).toBeLessThan(0.9 * without.cheap.mean);
    expect(within.worstLongMs).toBeGreaterThan(without.all.p99);
  });

  it('counts slots that are kept free while long requests wait', async () => {
    const wide = { ...BACKLOG, slots: 10, calls: BACKLOG.calls.map((call) => ({ ...call, atMs: call.atMs / 5 })) };
    expect((await classFigures(wide, { longCostTokens: 1_000, shortShare: 0 })).idleShare).toBe(0);
    expect((await classFigures(wide, { longCostTokens: 1_000, shortShare: 0.5 })).idleShare).toBeGreaterThan(0.05);
  });
});
