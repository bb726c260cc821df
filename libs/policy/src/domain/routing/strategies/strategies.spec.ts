import {
  evidenceKey,
  NO_ANALYSIS,
  targetKey,
  type Evidence,
  type PromptAnalysis,
  type RouteStrategy,
} from '@relay/contracts';
import { candidateModels, compiled, liveOf, planned, targetLive } from '../../../../test/policy-fixtures';
import type { LiveFacts } from '../../live';
import type { Planned } from '../../plan-request';
import { STRATEGIES } from '.';

const SEEDS = 4_000;
const seeds = Array.from({ length: SEEDS }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0);

const model = (id: string, tier: string, usd: number, capabilities: Record<string, number>, provider = 'a') => ({
  id,
  tier,
  targets: [{ provider, model: `up-${id}` }],
  price: { inputPerMTok: usd, outputPerMTok: usd * 4 },
  capabilities,
});

const FIELD = [
  model('cheap', 'basic', 0.1, { general: 0.6, code: 0.3 }, 'b'),
  model('coder', 'standard', 1, { general: 0.65, coding: 0.85 }),
  model('clever', 'advanced', 10, { general: 0.9, code: 0.8, 'language:fr': 0.5 }),
];

const policyOf = (strategy: RouteStrategy, route: Record<string, unknown> = {}) =>
  compiled({ defaults: { route: { strategy, ...route } } }, FIELD);

const about = (analysis: Partial<PromptAnalysis>): { prompt: PromptAnalysis } => ({
  prompt: { ...NO_ANALYSIS, ...analysis },
});

function ranked(
  strategy: RouteStrategy,
  analysis: Partial<PromptAnalysis> = {},
  route = {},
  live?: LiveFacts,
): string[] {
  return candidateModels(planned(policyOf(strategy, route), about(analysis), live));
}

const judged = (scores: Record<string, Evidence>, task = ''): Partial<LiveFacts> => ({
  evidence: {
    tenant: new Map(Object.entries(scores).map(([id, evidence]) => [evidenceKey(task, id), evidence])),
    user: new Map(),
  },
});

const termOf = (plan: Planned, id: string, term: string): number | undefined =>
  plan.scores?.find((candidate) => candidate.model === id)?.terms[term];

describe('ranking by content', () => {
  it('goes by the capability for the task, by the general one where there is none', () => {
    expect(ranked('content', { task: 'code' })).toEqual(['coder', 'clever', 'cheap']);
    expect(ranked('content', { task: 'chat' })).toEqual(['clever', 'coder', 'cheap']);
    expect(ranked('content')).toEqual(['clever', 'coder', 'cheap']);
  });

  it('knows who speaks a language badly', () => {
    expect(ranked('content', { language: 'fr' })[0]).toBe('coder');
    expect(ranked('content', { language: 'de' })[0]).toBe('clever');
  });

  it('expects less of everybody as prompts get harder', () => {
    const qualityAt = (complexity: number) =>
      termOf(planned(policyOf('content'), about({ complexity })), 'cheap', 'quality') ?? 0;
    expect(qualityAt(0.1)).toBeGreaterThan(qualityAt(0.5));
    expect(qualityAt(0.5)).toBe(0.6); // what the table says
    expect(qualityAt(0.9)).toBeLessThan(qualityAt(0.5));
  });

  it('takes a learned prediction before the table', () => {
    const learned = new Map([['cheap', 0.95]]);
    expect(candidateModels(planned(policyOf('content'), { learned }))[0]).toBe('cheap');
  });

  it('moves with feedback as far as there is any', () => {
    const little = judged({ clever: { weight: 1, sum: 0 } });
    const much = judged({ clever: { weight: 200, sum: 10 } });
    expect(ranked('content', {}, {}, liveOf(little))[0]).toBe('clever');
    expect(ranked('content', {}, {}, liveOf(much))).toEqual(['coder', 'cheap', 'clever']);
  });

  it('keeps feedback on one task out of another', () => {
    const badAtChat = liveOf(judged({ clever: { weight: 200, sum: 0 } }, 'chat'));
    expect(ranked('content', { task: 'chat' }, {}, badAtChat)[0]).toBe('coder');
    expect(ranked('content', { task: 'math' }, {}, badAtChat)[0]).toBe('clever');
  });

  it("lets a user's own feedback weigh more than the tenant's", () => {
    const key = evidenceKey('', 'coder');
    const live = liveOf({
      evidence: {
        tenant: new Map([[key, { weight: 10, sum: 5 }]]),
        user: new Map([[key, { weight: 100, sum: 99 }]]),
      },
    });
    expect(ranked('content', {}, {}, live)[0]).toBe('coder');
  });
});

describe('ranking by cost', () => {
  it('takes the cheapest, or the cheapest that meets the floor', () => {
    expect(ranked('cost')).toEqual(['cheap', 'coder', 'clever']);
    expect(ranked('cost', {}, { qualityFloor: 0.62 })).toEqual(['coder', 'clever', 'cheap']);
  });

  it('tells prices apart however close they are', () => {
    const dear = [6.01, 5.01].map((usd, i) => model(`m${i}`, 'basic', usd * 1_000, {}));
    const policy = compiled({ defaults: { route: { strategy: 'cost' } } }, dear);
    expect(candidateModels(planned(policy))).toEqual(['m1', 'm0']);
  });

  it('puts the best first where nobody meets the floor', () => {
    expect(ranked('cost', {}, { qualityFloor: 1 })).toEqual(['clever', 'coder', 'cheap']);
  });

  it('expects no longer answers than the policy allows', () => {
    const policy = compiled({ defaults: { route: { strategy: 'cost' }, decoding: { maxTokens: 20 } } }, FIELD);
    expect(planned(policy).predicted).toMatchObject({ outputTokens: 20 });
  });

  it('reckons with the expected length of question and answer', () => {
    const plan = planned(
      policyOf('cost'),
      about({ task: 'code' }),
      liveOf({ outputTokens: new Map([['code', 1_000]]) }),
    );
    expect(plan.predicted.outputTokens).toBe(1_000);
    expect(plan.predicted.costUsd).toBeCloseTo((2 * 0.1 + 1_000 * 0.4) / 1e6, 9);
  });
});

describe('ranking by latency', () => {
  it('goes by what was measured, P90 of the first token and of each further one', () => {
    const live = liveOf({
      targets: new Map([
        [targetKey('b', 'up-cheap'), targetLive({ ttftP90Ms: 4_000, tpotP90Ms: 30 })],
        [targetKey('a', 'up-clever'), targetLive({ ttftP90Ms: 200, tpotP90Ms: 1 })],
      ]),
    });
    expect(ranked('latency', {}, {}, live)).toEqual(['clever', 'coder', 'cheap']);
  });

  it('expects small models, and near ones, to be quicker before anything was measured', () => {
    expect(ranked('latency')).toEqual(['cheap', 'coder', 'clever']);
    const twins = [
      { ...model('far', 'basic', 1, {}), targets: [{ provider: 'b', model: 'x' }] },
      { ...model('near', 'basic', 1, {}), targets: [{ provider: 'a', model: 'x' }] },
    ];
    const policy = compiled({ defaults: { route: { strategy: 'latency' } } }, twins);
    expect(candidateModels(planned(policy))).toEqual(['near', 'far']);
  });

  it('does not claim to know times that nobody measured', () => {
    expect(planned(policyOf('latency')).predicted).toMatchObject({ ttftMs: null, totalMs: null });
  });
});

describe('ranking by the hybrid score', () => {
  const only = (term: string) => ({
    weights: { quality: 0, cost: 0, latency: 0, load: 0, [term]: 1 },
  });

  it('follows each weight alone', () => {
    expect(ranked('hybrid', {}, only('quality'))[0]).toBe('clever');
    expect(ranked('hybrid', {}, only('cost'))[0]).toBe('cheap');
    expect(ranked('hybrid', {}, only('latency'))[0]).toBe('cheap');
    const crowded = liveOf({ targets: new Map([[targetKey('b', 'up-cheap'), targetLive({ load: 1.5 })]]) });
    expect(ranked('hybrid', {}, only('load'), crowded).at(-1)).toBe('cheap');
  });

  it('has the score of its formula', () => {
    const weights = { quality: 2, cost: 0.5, latency: 0.1, load: 1 };
    const [first] = planned(policyOf('hybrid', { weights }), about({})).scores ?? [];
    const { quality = 0, usd = 0, latencyMs = 0, load = 0 } = first?.terms ?? {};
    expect(first?.score).toBeCloseTo(2 * quality - 0.5 * usd * 1_000 - 0.1 * (latencyMs / 1_000) - load, 3);
  });

  it('leans to what the app prefers', () => {
    const policy = policyOf('hybrid', { weights: { quality: 1, cost: 0.03, latency: 0, load: 0 } });
    const preferring = (prefer?: 'quality' | 'cost') => planned(policy, { headers: { tags: [], prefer } });
    expect(candidateModels(preferring('cost'))[0]).toBe('cheap');
    expect(candidateModels(preferring('quality'))[0]).toBe('clever');
    expect(candidateModels(preferring())[0]).toBe('coder');
    expect(preferring('quality').document.signature).not.toBe(preferring('cost').document.signature);
  });

  it('says that a preference is without effect elsewhere', () => {
    const plan = planned(policyOf('cost'), { headers: { tags: [], prefer: 'quality' } });
    expect(plan.document.decisions.find(({ rule }) => rule === 'prefer')?.reason).toContain('without effect');
  });
});

describe('the bandit', () => {
  const feedback = liveOf(judged({ cheap: { weight: 20, sum: 18 }, coder: { weight: 20, sum: 12 } }));
  const firsts = (route: Record<string, unknown>, live = feedback) => {
    const policy = policyOf('bandit', route);
    return seeds.map((seed) => candidateModels(planned(policy, { seed }, live))[0]);
  };
  const shareOf = (all: (string | undefined)[], id: string) => all.filter((first) => first === id).length / all.length;

  it('explores at most as often as the policy allows, and takes the best mean otherwise', () => {
    const all = firsts({ explore: 0.2, candidates: ['cheap', 'coder'] });
    expect(shareOf(all, 'cheap')).toBeGreaterThan(0.8);
    expect(shareOf(all, 'cheap')).toBeLessThan(1);
    expect(shareOf(firsts({ explore: 0, candidates: ['cheap', 'coder'] }), 'cheap')).toBe(1);
  });

  it('draws each model about as often as it is likely to be the best', () => {
    const even = liveOf(judged({ cheap: { weight: 0, sum: 0 }, coder: { weight: 0, sum: 0 } }));
    const all = firsts({ explore: 1, candidates: ['cheap', 'coder'] }, even);
    // Means 0.60 and 0.65 at a weight of 20 each: standard deviation 0.11 both, so the worse wins 0.37 of the draws.
    expect(shareOf(all, 'cheap')).toBeGreaterThan(0.3);
    expect(shareOf(all, 'cheap')).toBeLessThan(0.44);
  });

  it('does not explore below the floor', () => {
    expect(shareOf(firsts({ explore: 1, qualityFloor: 0.63 }), 'coder')).toBe(0); // its mean fell to 0.625
  });

  it('shares targets of one model while it explores', () => {
    const twins = [{ ...FIELD[0], targets: ['a', 'b'].map((provider) => ({ provider, model: 'twin' })) }, FIELD[1]];
    const policy = compiled({ defaults: { route: { strategy: 'bandit', explore: 0.1 } } }, twins);
    const open = seeds.map((seed) => planned(policy, { seed }).scores?.[0]).filter((first) => first?.model === 'cheap');
    const share = open.filter((first) => first?.provider === 'a').length / open.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  });

  it('draws the same for the same request', () => {
    const policy = policyOf('bandit', { explore: 1 });
    const [one, other] = [7, 7].map((seed) => planned(policy, { seed }, feedback));
    expect(one?.scores).toEqual(other?.scores);
  });
});

describe('a sticky draw', () => {
  const policy = policyOf('sticky', { unit: 'user' });
  const firstFor = (user: string, seed: number) =>
    candidateModels(planned(policy, { headers: { tags: [], user }, seed }))[0];

  it('holds on to the user whatever the request', () => {
    const first = firstFor('ann', 1);
    expect(seeds.slice(0, 100).every((seed) => firstFor('ann', seed) === first)).toBe(true);
  });

  it('moves nobody whose target is sound when another one may not be called', () => {
    const open = new Map([[targetKey('b', 'up-cheap'), 'down' as const]]);
    for (let i = 0; i < 300; i++) {
      const user = `user-${i}`;
      const first = firstFor(user, 1);
      if (first === 'cheap') continue;
      const now = planned(policy, { headers: { tags: [], user } }, liveOf({ open }));
      expect(now.plan.route.candidates[0]?.model).toBe(first);
    }
  });

  it('spreads users by weight', () => {
    const firsts = seeds.map((_, i) => firstFor(`user-${i}`, 1));
    for (const { id } of FIELD) {
      expect(firsts.filter((first) => first === id).length / SEEDS).toBeCloseTo(1 / 3, 1);
    }
  });
});

describe('a cascade', () => {
  it('begins with the cheapest and says what an answer has to be like', () => {
    const plan = planned(policyOf('cascade', { cascade: { accept: 'answer.chars > 10', maxSteps: 3 } }));
    expect(candidateModels(plan)).toEqual(['cheap', 'coder', 'clever']);
    expect(plan.plan.route.cascade).toEqual({ accept: 'answer.chars > 10', maxSteps: 3 });
  });

  it('has a condition of its own where the policy gives none', () => {
    expect(planned(policyOf('cascade')).plan.route.cascade?.accept).toContain('!answer.refusal');
  });

  it('checks no streams', () => {
    const body = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }], stream: true };
    expect(planned(policyOf('cascade'), { body }).plan.route.cascade).toBeNull();
  });
});

describe('every strategy', () => {
  it.each(Object.keys(STRATEGIES).filter((name) => name !== 'pinned') as RouteStrategy[])(
    '%s leaves out targets that may not be called now, unless that were all',
    (strategy) => {
      const open = new Map([[targetKey('b', 'up-cheap'), 'down' as const]]);
      const plan = planned(policyOf(strategy), {}, liveOf({ open }));
      expect(plan.plan.route.candidates.map((candidate) => candidate.model)).not.toContain('cheap');
      expect(plan.plan.route.rejected).toEqual([
        { model: 'cheap', provider: 'b', reason: expect.stringContaining('circuit breaker') as string },
      ]);
      const keys = FIELD.map(({ id, targets }) => targetKey(targets[0]?.provider ?? '', `up-${id}`));
      const all = new Map(keys.map((key) => [key, 'down' as const]));
      expect(planned(policyOf(strategy), {}, liveOf({ open: all })).plan.route.candidates).toHaveLength(3);
      if (strategy === 'sticky') return; // its signature names the model that one sticks to
      expect(planned(policyOf(strategy), {}, liveOf({ open })).document.signature).toBe(
        planned(policyOf(strategy)).document.signature,
      );
    },
  );

  it.each(Object.keys(STRATEGIES).filter((name) => name !== 'pinned') as RouteStrategy[])(
    '%s tries the chain of fallbacks last, in its order',
    (strategy) => {
      const plan = planned(policyOf(strategy, { candidates: ['coder'], fallbacks: ['cheap', 'clever'] }));
      expect(plan.plan.route.candidates.map((candidate) => candidate.model)).toEqual(['coder', 'cheap', 'clever']);
    },
  );
});
