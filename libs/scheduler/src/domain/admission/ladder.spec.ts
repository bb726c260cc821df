import { degradeStepSchema, type DegradeStep } from '@relay/contracts';
import fc from 'fast-check';
import type { Expectation } from './expectation';
import { type Alternative, decide, type LadderQuestion, type Surroundings } from './ladder';
import type { Verdict, Way } from './verdict';

const ALL: readonly DegradeStep[] = degradeStepSchema.options;
const PLANNED: Way = { poolId: 'a', target: 'a big', maxTokens: null };

const alternative = (target: string, fields: Partial<Alternative> = {}): Alternative => ({
  way: { poolId: target.split(' ')[0] ?? '', target, maxTokens: null },
  sameModel: false,
  standsIn: false,
  usd: null,
  ...fields,
});

const question = (fields: Partial<LadderQuestion> = {}): LadderQuestion => ({
  steps: ALL,
  level: 'interactive',
  leftMs: 10_000,
  planned: PLANNED,
  usd: 2,
  alternatives: [],
  cuts: [],
  looserCache: false,
  ...fields,
});

interface Target {
  readonly waitMs?: number | null;
  readonly serviceMs?: number | null;
  readonly msPerToken?: number;
  readonly fastestMs?: number;
}

/** Pools and targets by name; closed pools. A cut answer takes so long a token. */
const world = (targets: Record<string, Target>, closed: readonly string[] = []): Surroundings => ({
  expect: ({ target, maxTokens }): Expectation => {
    const { waitMs = 0, serviceMs = null, msPerToken, fastestMs = null } = targets[target] ?? {};
    const cut =
      maxTokens === null || msPerToken === undefined ? serviceMs : Math.min(serviceMs ?? 0, maxTokens * msPerToken);
    return { waitMs, serviceP90Ms: cut, fastestMs };
  },
  isClosed: (pool) => closed.includes(pool),
});

/** The verdict in a line. */
function told(verdict: Verdict): string {
  if (verdict.kind === 'refused') return verdict.reason;
  if (verdict.kind === 'cached') return 'cached';
  const { way, steps } = verdict;
  return [way.target, ...(way.maxTokens === null ? [] : [String(way.maxTokens)]), ...steps].join(' ');
}

const run = (asked: Partial<LadderQuestion>, targets: Record<string, Target>, closed?: readonly string[]): string =>
  told(decide(question(asked), world(targets, closed)));

describe('admission', () => {
  describe('gives nothing up', () => {
    it.each<[string, Target, readonly string[]]>([
      ['where a slot is free, however long the answer takes', { waitMs: 0, serviceMs: 99_000 }, ['a']],
      ['where nothing was measured yet', { waitMs: null, serviceMs: 99_000 }, ['a']],
      ['where waiting and answering fit the deadline', { waitMs: 3_600, serviceMs: 6_000 }, []],
      ['where the answer is not known, but the wait fits', { waitMs: 9_000, serviceMs: null }, []],
      ['where it fits well into its time while the pool is overloaded', { waitMs: 3_600, serviceMs: 3_000 }, ['a']],
    ])('%s', (_why, target, closed) => {
      expect(run({ cuts: [128], looserCache: true }, { 'a big': target }, closed)).toBe('a big');
    });

    it('where another target of the same model has room', () => {
      const alternatives = [alternative('b big', { sameModel: true, standsIn: true })];
      expect(run({ alternatives, cuts: [128] }, { 'a big': { waitMs: 20_000 } })).toBe('b big');
    });
  });

  it('gives up the steps of the policy in its order, until it fits', () => {
    const targets = {
      'a big': { waitMs: 8_000, serviceMs: 4_000, msPerToken: 4 },
      'b small': { waitMs: 0, serviceMs: 1_000 },
    };
    const alternatives = [alternative('b small', { usd: 1 })];
    const asked = { alternatives, cuts: [512, 256, 128], looserCache: true };
    expect(run(asked, targets)).toBe('b small cheaper-model');
    expect(run({ ...asked, steps: ['shorter-answer', 'cheaper-model'] }, targets)).toBe('a big 256 shorter-answer');
    expect(run({ ...asked, steps: ['looser-cache', 'cheaper-model'] }, targets)).toBe('cached');
    expect(run({ ...asked, steps: ['shed-batch'] }, targets)).toBe('late');
    expect(run({ ...asked, steps: [] }, targets)).toBe('late');
  });

  it('cuts an answer no shorter than it must', () => {
    const targets = { 'a big': { waitMs: 8_000, serviceMs: 8_000, msPerToken: 4 } };
    expect(run({ cuts: [1024, 512, 256, 128] }, targets)).toBe('a big 256 shorter-answer');
  });

  it('takes a model that is cheaper or faster, in the order of the plan, never one that is neither', () => {
    const targets = {
      'a big': { waitMs: 9_000, serviceMs: 4_000 },
      'b huge': { waitMs: 0, serviceMs: 5_000 },
      'c swift': { waitMs: 0, serviceMs: 3_000 },
      'd small': { waitMs: 0, serviceMs: 9_000 },
    };
    const [huge, swift, small] = [
      alternative('b huge', { usd: 3 }),
      alternative('c swift', { usd: 3 }),
      alternative('d small', { usd: 1 }),
    ];
    expect(run({ alternatives: [huge, swift, small] }, targets)).toBe('c swift cheaper-model');
    expect(run({ alternatives: [huge, small] }, targets)).toBe('d small cheaper-model');
    expect(run({ alternatives: [huge] }, targets)).toBe('late');
  });

  it('joins steps where one alone is not enough', () => {
    const targets = {
      'a big': { waitMs: 30_000, serviceMs: 9_000, msPerToken: 4 },
      'b small': { waitMs: 8_500, serviceMs: 4_000, msPerToken: 4 },
    };
    const asked = { alternatives: [alternative('b small', { usd: 1 })], cuts: [512, 256, 128] };
    expect(run(asked, targets)).toBe('b small 128 cheaper-model shorter-answer');
  });

  it('lets another model of the plan stand in before it refuses, as a failure would have it', () => {
    const alternatives = [alternative('b huge', { usd: 3, standsIn: true })];
    const targets = { 'a big': { waitMs: 20_000, serviceMs: 1_000 }, 'b huge': { waitMs: 0, serviceMs: 2_000 } };
    expect(run({ alternatives, steps: [] }, targets)).toBe('b huge');
    expect(run({ alternatives, steps: [], level: 'batch' }, targets)).toBe('b huge');
  });

  describe('while the pool is overloaded', () => {
    const strained = { 'a big': { waitMs: 5_500, serviceMs: 3_000, msPerToken: 4 } };

    it('eases requests that would be in time as well', () => {
      const asked = { cuts: [512, 256, 128] };
      expect(run(asked, strained)).toBe('a big');
      expect(run(asked, strained, ['a'])).toBe('a big 128 shorter-answer');
    });

    it('does not cut for nothing what is in time and cannot be eased', () => {
      const targets = { 'a big': { waitMs: 6_600, serviceMs: 900, msPerToken: 4 } };
      expect(run({ cuts: [128] }, targets, ['a'])).toBe('a big');
    });

    it('refuses what would wait for nearly all of its time, so that the line keeps some of it in hand', () => {
      const targets = { 'a big': { waitMs: 6_900, serviceMs: 900 } };
      expect(run({}, targets)).toBe('a big');
      expect(run({}, targets, ['a'])).toBe('late');
    });

    it('takes nothing off for an answer that fills its time by itself', () => {
      expect(run({}, { 'a big': { waitMs: 200, serviceMs: 9_700 } }, ['a'])).toBe('a big');
    });

    it('refuses work of the level batch, but not where a slot is free or another pool has room', () => {
      const relaxed = { 'a big': { waitMs: 10, serviceMs: 10 } };
      expect(run({ level: 'batch' }, relaxed, ['a'])).toBe('shed');
      expect(run({ level: 'batch', steps: ['cheaper-model'] }, relaxed, ['a'])).toBe('a big');
      expect(run({ level: 'standard' }, relaxed, ['a'])).toBe('a big');
      expect(run({ level: 'batch' }, { 'a big': { waitMs: 0 } }, ['a'])).toBe('a big');
      const alternatives = [alternative('b small', { usd: 1 })];
      expect(run({ level: 'batch', alternatives }, { ...relaxed, 'b small': { waitMs: 5 } }, ['a'])).toBe(
        'b small cheaper-model',
      );
      expect(run({ level: 'batch', alternatives }, { ...relaxed, 'b small': { waitMs: 5 } }, ['a', 'b'])).toBe('shed');
    });
  });

  describe('refuses', () => {
    it('at once what has no time left, even where a slot is free', () => {
      expect(run({ leftMs: 0 }, { 'a big': { waitMs: 0 } })).toBe('no-time');
      expect(run({ leftMs: -5 }, {})).toBe('no-time');
    });

    it('for want of time, not for load, what no target ever answered so fast', () => {
      const targets = { 'a big': { waitMs: 50, serviceMs: 900, fastestMs: 400 } };
      expect(run({ leftMs: 399 }, targets)).toBe('no-time');
      expect(run({ leftMs: 400 }, targets)).toBe('late');
    });

    it('with what it met and what it tried', () => {
      const asked = question({ alternatives: [alternative('b small', { usd: 1 })], leftMs: 1_000 });
      const verdict = decide(
        asked,
        world({ 'a big': { waitMs: 3_000, serviceMs: 1_000 }, 'b small': { waitMs: 2_000 } }),
      );
      expect(verdict).toEqual({
        kind: 'refused',
        reason: 'late',
        met: { waitMs: 3_000, serviceP90Ms: 1_000, leftMs: 1_000, strain: 4.3 },
        tried: [{ step: 'cheaper-model', strain: 2.2 }],
      });
    });
  });

  describe('whatever the load', () => {
    const ms = fc.nat(20_000);
    const pools = ['a', 'b', 'c'] as const;
    const load = fc.record({
      steps: fc.shuffledSubarray([...degradeStepSchema.options]),
      level: fc.constantFrom('interactive' as const, 'standard' as const, 'batch' as const),
      usd: fc.option(fc.nat(5)),
      looserCache: fc.boolean(),
      cuts: fc.constantFrom([], [512, 256, 128]),
      alternatives: fc.array(
        fc.record({
          target: fc.constantFrom('b one', 'b two', 'c one', 'a two'),
          sameModel: fc.boolean(),
          standsIn: fc.boolean(),
          usd: fc.option(fc.nat(5)),
        }),
        { maxLength: 4 },
      ),
      targets: fc.dictionary(
        fc.constantFrom('a big', 'b one', 'b two', 'c one', 'a two'),
        fc.record({ waitMs: fc.option(ms), serviceMs: fc.option(ms), msPerToken: fc.nat(40) }),
      ),
      closed: fc.subarray([...pools]),
    });
    type Load = typeof load extends fc.Arbitrary<infer T> ? T : never;

    const verdictOf = ({ targets, closed, alternatives, ...rest }: Load, leftMs: number): Verdict => {
      const named = alternatives.map(({ target, ...fields }) => alternative(target, fields));
      return decide(question({ ...rest, alternatives: named, leftMs }), world(targets, closed));
    };

    it('more time never turns an admitted request into a refused one', () => {
      fc.assert(
        fc.property(load, fc.integer({ min: -5, max: 20_000 }), fc.nat(20_000), (given, leftMs, more) => {
          if (verdictOf(given, leftMs).kind === 'refused') return;
          expect(verdictOf(given, leftMs + more).kind).not.toBe('refused');
        }),
      );
    });

    it('gives up only what the policy lets it, each step once and in its order', () => {
      fc.assert(
        fc.property(load, fc.integer({ min: 1, max: 20_000 }), (given, leftMs) => {
          const verdict = verdictOf(given, leftMs);
          if (verdict.kind === 'cached') expect(given.steps).toContain('looser-cache');
          if (verdict.kind !== 'admitted') return;
          const givenUp: readonly DegradeStep[] = verdict.steps;
          expect(givenUp).toEqual(given.steps.filter((step) => givenUp.includes(step)));
          if (verdict.met.strain === 0) expect(told(verdict)).toBe('a big');
        }),
      );
    });
  });
});
