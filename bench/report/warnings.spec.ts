import type { Measurement } from '../runner/measurement';
import type { ScenarioPlan } from '../scenarios/scenario';
import { Histogram } from '../stats/histogram';
import { warningsOf } from './warnings';

const plan: ScenarioPlan = {
  contenders: [{ label: 'relay', subject: 'relay' }],
  baseline: 'relay',
  workload: { bodies: 'distinct', stream: false },
  upstream: {},
  phases: [{ name: 'closed', arrivals: { kind: 'closed', connections: 8 } }],
  expectedCache: 'miss',
  goal: null,
};
const nothing = new Histogram().summary();

function measured(change: Partial<Measurement>, load: Partial<Measurement['load']> = {}): Measurement {
  return {
    phase: 'closed',
    round: 1,
    label: 'relay',
    cpuUsPerRequest: 100,
    mainCpuUsPerRequest: 90,
    busyCores: 0.98,
    otherCores: 0.1,
    rssMb: 100,
    window: { startUs: 0, endUs: 1 },
    load: {
      requests: 10_000,
      requestsPerSecond: 5_000,
      errors: {},
      latencyMs: nothing,
      firstByteMs: nothing,
      latenessMs: nothing,
      cacheResults: { miss: 10_000 },
      eventsPerReply: null,
      samples: [],
      generatorCpuShare: 0.4,
      ...load,
    },
    ...change,
  };
}

describe('warningsOf', () => {
  it('is silent about a clean run', () => expect(warningsOf(plan, [measured({})])).toEqual([]));

  it.each([
    ['failed requests', measured({}, { errors: { 'status 429': 11 } }), '11 of 10000 requests failed'],
    [
      'replies from elsewhere',
      measured({}, { cacheResults: { miss: 1, 'exact-l1': 9_999 } }),
      'expected x-relay-cache miss',
    ],
    ['a server that was not the limit', measured({ busyCores: 0.5 }), 'busy for 0.50 of its core'],
    ['a disturbed machine', measured({ otherCores: 0.9 }), 'other processes used 0.90 cores'],
  ])('tells of %s', (_, measurement, text) => {
    expect(warningsOf(plan, [measurement])).toEqual([expect.stringContaining(text)]);
  });

  it('lets single stray requests pass', () => {
    expect(
      warningsOf(plan, [measured({}, { errors: { timeout: 1 }, cacheResults: { miss: 9_998, coalesced: 1 } })]),
    ).toEqual([]);
  });

  it('expects no full core when the upstream sets the pace', () => {
    expect(warningsOf({ ...plan, upstream: { gap: 2 } }, [measured({ busyCores: 0.3 })])).toEqual([]);
  });
});
