import { FairClock } from './fair-clock';

interface Flow {
  readonly weight: number;
  readonly cost: () => number;
}

/** Serves always backlogged flows one request at a time, two stamped tickets each, smallest start tag first. */
function serve(flows: Record<string, Flow>, requests: number): { served: Record<string, number>; maxCost: number } {
  const clock = new FairClock();
  const tickets: { tenant: string; tag: number; cost: number }[] = [];
  const served: Record<string, number> = {};
  let maxCost = 0;
  const issue = (tenant: string, flow: Flow): void => {
    const cost = flow.cost();
    maxCost = Math.max(maxCost, cost / flow.weight);
    tickets.push({ tenant, cost, tag: clock.stamp(tenant, cost, flow.weight) });
  };
  for (const [tenant, flow] of Object.entries(flows)) for (let i = 0; i < 2; i++) issue(tenant, flow);
  for (let i = 0; i < requests; i++) {
    tickets.sort((x, y) => x.tag - y.tag);
    const next = tickets.shift()!;
    clock.served(next.tag);
    served[next.tenant] = (served[next.tenant] ?? 0) + next.cost;
    issue(next.tenant, flows[next.tenant]!);
  }
  return { served, maxCost };
}

/** Deterministic numbers in [0, 1) (Lehmer, 1951). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('FairClock', () => {
  it.each([1, 7, 42, 1_001])('serves backlogged tenants by weight, within one request of each (seed %i)', (seed) => {
    const random = lehmer(seed);
    const flows = {
      small: { weight: 1, cost: () => 50 + Math.floor(random() * 200) },
      large: { weight: 3, cost: () => 500 + Math.floor(random() * 4_000) },
      middle: { weight: 1 + 9 * random(), cost: () => 10 + Math.floor(random() * 1_000) },
    };
    const { served, maxCost } = serve(flows, 3_000);
    const normalised = Object.entries(flows).map(([tenant, flow]) => (served[tenant] ?? 0) / flow.weight);
    // Two live tickets per tenant: the bound of start-time fair queueing is twice the largest weighted request on each side.
    expect(Math.max(...normalised) - Math.min(...normalised)).toBeLessThanOrEqual(4 * maxCost);
  });

  it('starts a newcomer beside the others, with no credit for the time it was away', () => {
    const clock = new FairClock();
    for (let i = 0; i < 100; i++) clock.served(clock.stamp('busy', 100, 1));
    const newcomer = clock.stamp('new', 100, 1);
    expect(newcomer).toBe(clock.virtualTime);
    expect(clock.stamp('busy', 100, 1)).toBeGreaterThan(newcomer);
    expect(clock.stamp('new', 100, 1)).toBe(newcomer + 100);
  });

  it('charges work that needed no line', () => {
    const clock = new FairClock();
    clock.pass('fast', 1_000, 1);
    expect(clock.stamp('other', 10, 1)).toBeLessThan(clock.stamp('fast', 10, 1));
  });

  it('moves the next tag by what was charged too little or too much', () => {
    const clock = new FairClock();
    clock.stamp('a', 100, 2);
    clock.correct('a', 300, 2, true);
    expect(clock.stamp('a', 10, 2)).toBe(200);
    clock.correct('a', -10, 2, true);
    expect(clock.stamp('a', 0, 2)).toBe(200);
  });

  it('never gives a tag before the virtual time, whatever is refunded', () => {
    const clock = new FairClock();
    clock.served(clock.stamp('a', 100, 1));
    clock.served(clock.stamp('a', 100, 1));
    clock.correct('a', -1_000, 1, true);
    expect(clock.stamp('a', 100, 1)).toBe(clock.virtualTime);
  });

  it('takes back what another process charged too much, but gives no credit', () => {
    const fair = new FairClock();
    fair.served(1_000);
    fair.chargedElsewhere('a', 500);
    expect(fair.startOf('a')).toBe(1_500);
    fair.chargedElsewhere('a', -200);
    expect(fair.startOf('a')).toBe(1_300);
    fair.chargedElsewhere('a', -100_000);
    fair.chargedElsewhere('a', 50);
    expect(fair.startOf('a')).toBe(1_050);
  });

  it('tells of corrections of charges that were told', () => {
    const told: number[] = [];
    const fair = new FairClock((_tenantId, weighted) => told.push(weighted) > 0);
    fair.stamp('a', 100, 2);
    expect(fair.latestTold).toBe(true);
    fair.correct('a', -40, 2, true);
    fair.correct('a', -40, 2, false);
    expect(told).toEqual([50, -20]);
    expect(fair.startOf('a')).toBe(10);
  });

  it.each([Number.NaN, Infinity, -Infinity])('charges nothing for a cost of %p, from here or elsewhere', (cost) => {
    const told: number[] = [];
    const fair = new FairClock((_tenantId, weighted) => told.push(weighted) > 0);
    fair.stamp('a', 100, 1);
    expect(fair.stamp('a', cost, 1)).toBe(100);
    fair.correct('a', cost, 1, true);
    fair.chargedElsewhere('a', cost);
    expect(fair.startOf('a')).toBe(100);
    expect(told).toEqual([100, 0]);
  });

  it('does not look through all tenants with each one more, where none can be forgotten', () => {
    const fair = new FairClock();
    let steps = 0;
    const counted = new Proxy(new Map<string, number>(), {
      get: (map, name) => {
        if (name === Symbol.iterator) steps += map.size;
        const value: unknown = Reflect.get(map, name);
        return typeof value === 'function' ? (value as () => unknown).bind(map) : value;
      },
    });
    Object.assign(fair, { finish: counted });
    for (let i = 0; i < 40_000; i++) fair.stamp(`t${i}`, 10, 1);
    expect(steps).toBeLessThan(100_000);
  });
});
