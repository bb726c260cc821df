import {
  evidenceKey,
  executionPlanSchema,
  preferenceSchema,
  serviceLevelSchema,
  TASKS,
  piiKindSchema,
  routeStrategySchema,
  targetKey,
  type PromptAnalysis,
} from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import fc from 'fast-check';
import { AT, bodyOf, compiled, liveOf, principalOf, requestOf, targetLive } from '../test/policy-fixtures';
import type { LiveFacts } from './domain/live';
import { planRequest, type PlanMemo, type PlanRequest } from './domain/plan-request';
import { LruPlanMemo } from './plan-memo';

const SEED = 42; // a failure can be repeated
const RUNS = { seed: SEED, numRuns: 400 };
const COMPILING_RUNS = { seed: SEED, numRuns: 60 }; // each compiles a policy

const DOCUMENT = {
  defaults: { decoding: { overrides: { b: { z: 1, y: 2 }, a: 1 } }, route: { fallbacks: ['small'] } },
  degrade: ['cheaper-model', 'shed-batch'],
  rules: [
    {
      id: 'free',
      when: 'tenant.tier == "free" && request.n < 2',
      then: { route: { candidates: ['small', 'medium'] } },
    },
    {
      id: 'tagged',
      when: '"x" in request.tags',
      then: { decoding: { overrides: { c: 1, a: 2 } }, retries: { fallbacks: 0, hedge: { after: 'p95' } } },
    },
    ...routeStrategySchema.options.map((strategy) => ({
      id: `by-${strategy}`,
      when: `request.user == "${strategy}"`,
      then: { route: { strategy, qualityFloor: 0.6, explore: 0.5, unit: 'key' } },
    })),
    { id: 'code', when: 'features.task == "code"', then: { cache: { semantic: { mode: 'shadow' } } } },
    {
      id: 'risky',
      when: 'features.injection > 0.5 || "email" in features.pii',
      then: { guards: { pii: { action: 'redact', kinds: ['iban', 'email'] } } },
    },
    {
      id: 'half',
      when: 'features.complexity > 0.3',
      experiment: {
        id: 'exp',
        unit: 'request',
        arms: [
          { weight: 1, then: {} },
          { weight: 1, then: { decoding: { maxTokens: 9 } } },
        ],
      },
    },
    { id: 'failing', when: 'request.tags[1] == "y"', then: { serviceLevel: 'interactive' }, final: true },
    { id: 'night', when: 'features.hour < 6', then: { queue: { weight: 2 }, deadlineMs: 9_000 } },
  ],
  tenants: { globex: { defaults: { payloadLogging: true }, rules: [{ id: 'own', when: 'true', then: {} }] } },
};

const compiledOnce = compiled(DOCUMENT);

const analyses: fc.Arbitrary<PromptAnalysis> = fc.record({
  task: fc.constantFrom(null, ...TASKS),
  language: fc.constantFrom(null, 'en', 'fr', 'und'),
  complexity: fc.constantFrom(null, 0, 0.25, 0.5, 0.99),
  injection: fc.constantFrom(null, 0, 0.9),
  pii: fc.constantFrom(null, [], ['email' as const], [...piiKindSchema.options]),
});

const TOOLS: { type: string }[] = [{ type: 'function', ...{ function: { name: 'f', parameters: { b: 1, a: 2 } } } }];

const bodies = fc
  .record({
    model: fc.constantFrom('auto', 'auto:cheap', 'auto:fast', 'auto:best', 'spread', 'small', 'large', 'nope'),
    system: fc.string({ maxLength: 40 }),
    userBytes: fc.constantFrom(1, 20_000, 60_000),
    n: fc.constantFrom(1, 2),
    max_tokens: fc.constantFrom(null, 5_000),
    stream: fc.boolean(),
    hasTools: fc.boolean(),
    user: fc.constantFrom('', ...routeStrategySchema.options),
  })
  .map(({ system, userBytes, hasTools, ...fields }) =>
    bodyOf({
      ...fields,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: [{ type: 'text', text: 'u'.repeat(userBytes) }] },
      ],
      ...(hasTools ? { tools: TOOLS } : {}),
    }),
  );

const requests: fc.Arbitrary<PlanRequest> = fc
  .record({
    body: bodies,
    prompt: analyses,
    tags: fc.subarray(['x', 'y']),
    priority: fc.constantFrom(undefined, ...serviceLevelSchema.options),
    prefer: fc.constantFrom(undefined, ...preferenceSchema.options),
    deadlineMs: fc.option(fc.integer({ min: 1, max: 90_000 }), { nil: undefined }),
    tenant: fc.record({
      id: fc.constantFrom('acme', 'globex'),
      tier: fc.constantFrom('free', 'gold'),
      models: fc.constantFrom(null, null, ['small', 'spread']),
    }),
    hour: fc.nat(23),
    seed: fc.nat(0xffff_ffff),
    learned: fc.constantFrom(null, new Map([['small', 0.99]])),
  })
  .map(({ tags, priority, prefer, deadlineMs, tenant, hour, ...fields }) =>
    requestOf({
      ...fields,
      headers: { tags, priority, prefer, deadlineMs },
      principal: principalOf(tenant),
      at: AT + hour * 3_600_000,
    }),
  );

const TARGETS = ['a up-large', 'a up-medium', 'b up-small', 'a up-spread', 'b up-spread'];

const lives: fc.Arbitrary<LiveFacts> = fc
  .record({
    open: fc.subarray(TARGETS),
    measured: fc.subarray(TARGETS),
    judged: fc.subarray(['large', 'medium', 'small']),
    spentUsd: fc.constantFrom(null, 3.5),
  })
  .map(({ open, measured, judged, spentUsd }) =>
    liveOf({
      open: new Map(open.map((key, i) => [key, (['down', 'forced', 'drained'] as const)[i % 3] ?? 'down'])),
      targets: new Map(measured.map((key, i) => [key, targetLive({ ttftP90Ms: 100 * i, tpotP90Ms: 10, load: i / 4 })])),
      evidence: {
        tenant: new Map(judged.map((model, i) => [evidenceKey('code', model), { weight: 30, sum: 10 * i }])),
        user: new Map(),
      },
      outputTokens: new Map([['', 300]]),
      spentUsd,
    }),
  );

/** The same value with the keys of every object in another order. */
function shuffled<T>(value: T, order: (text: string) => number): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, order)) as T;
  if (typeof value !== 'object' || value === null || value instanceof Map) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled<unknown>(item, order)] as const);
  return Object.fromEntries([...entries].sort(([a], [b]) => order(a) - order(b))) as T;
}

const orders = fc.func(fc.integer());

/** Everything that planning gives, as text: keys in the order in which they were written. */
function bytesOf(policy: ReturnType<typeof compiled>, request: PlanRequest, live: LiveFacts, memo?: PlanMemo): string {
  const result = planRequest(policy, request, live, memo);
  if (!result.ok) return JSON.stringify(result.error.toBody());
  const { document, features, scores, predicted, predictedCost } = result.value;
  return JSON.stringify([document, features, scores, predicted, predictedCost]);
}

describe('planning', () => {
  it('gives the same bytes for the same inputs, whatever the order of keys in request and policy', () => {
    const property = fc.property(requests, lives, orders, (request, live, order) => {
      const reordered = compiled(shuffled(DOCUMENT, order));
      expect(bytesOf(reordered, shuffled(request, order), live)).toBe(bytesOf(compiledOnce, request, live));
    });
    fc.assert(property, COMPILING_RUNS);
  });

  it('gives the same bytes with a memo as without', () => {
    const memo = new LruPlanMemo();
    const property = fc.property(requests, lives, (request, live) => {
      expect(bytesOf(compiledOnce, request, live, memo)).toBe(bytesOf(compiledOnce, request, live));
    });
    fc.assert(property, RUNS);
  });

  it('says whether anything was drawn: else another seed gives the same bytes', () => {
    let drawn = 0;
    const property = fc.property(requests, lives, fc.integer(), (request, live, otherSeed) => {
      const result = planRequest(compiledOnce, request, live);
      if (result.ok && result.value.drawn) drawn++;
      else
        expect(bytesOf(compiledOnce, { ...request, seed: otherSeed >>> 0 }, live)).toBe(
          bytesOf(compiledOnce, request, live),
        );
    });
    fc.assert(property, RUNS);
    expect(drawn).toBeGreaterThan(0);
  });

  it('gives plans of the published shape, under the hash of their content', () => {
    const property = fc.property(requests, lives, (request, live) => {
      const result = planRequest(compiledOnce, request, live);
      if (!result.ok) return;
      const { id, ...content } = result.value.document;
      expect(executionPlanSchema.parse(content.plan)).toEqual(content.plan);
      expect(id).toBe(sha256Hex(canonicalJson(content)).slice(0, 32));
    });
    fc.assert(property, RUNS);
  });

  it('neither asks the clock nor draws by chance', () => {
    const now = jest.spyOn(Date, 'now');
    const random = jest.spyOn(Math, 'random');
    const [request] = fc.sample(requests, { seed: SEED, numRuns: 1 });
    if (!request) throw new Error('no request');
    planRequest(compiledOnce, request, liveOf({ open: new Map([[targetKey('a', 'up-large'), 'down']]) }));
    expect(now).not.toHaveBeenCalled();
    expect(random).not.toHaveBeenCalled();
    now.mockRestore();
    random.mockRestore();
  });
});

describe('the memo of plans', () => {
  it('says who took a target out of service, and says it anew when that changes', () => {
    const memo = new LruPlanMemo();
    const reasons = (['down', 'forced', 'drained'] as const).map((why) => {
      const live = liveOf({ open: new Map([[targetKey('b', 'up-small'), why]]) });
      const result = planRequest(compiledOnce, requestOf(), live, memo);
      return result.ok ? result.value.plan.route.rejected.find(({ model }) => model === 'small')?.reason : null;
    });
    expect(reasons).toEqual([
      'it failed lately or asked to wait: its circuit breaker is open',
      'an operator took it out of service: its circuit breaker is held open',
      'an operator took it out of service: it is drained',
    ]);
  });

  it('shares one document among requests that differ only in what decides nothing', () => {
    const memo = new LruPlanMemo();
    const documentOf = (content: string, user: string) => {
      const request = requestOf({
        body: bodyOf({ messages: [{ role: 'user', content }], user }),
        seed: content.length,
      });
      const result = planRequest(compiledOnce, request, liveOf(), memo);
      if (!result.ok) throw result.error;
      return result.value.document;
    };
    expect(documentOf('one', 'a')).toBe(documentOf('another', 'b'));
  });
});
