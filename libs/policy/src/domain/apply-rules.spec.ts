import {
  bodyOf,
  candidateModels,
  compiled,
  configOf,
  decisionOf,
  liveOf,
  planned,
  principalOf,
  requestOf,
} from '../../test/policy-fixtures';
import { plannerOf } from '../planner';

const verdicts = (plan: ReturnType<typeof planned>): string[] =>
  plan.document.decisions.slice(-4, -1).map((decision) => `${decision.rule} ${decision.verdict}`);

describe('rules', () => {
  it('patch the plan in order, the later one winning, and say what they changed', () => {
    const policy = compiled({
      rules: [
        { id: 'cap', when: 'tenant.tier == "free"', then: { decoding: { maxTokens: 512 }, deadlineMs: 5_000 } },
        { id: 'other', when: 'tenant.tier == "gold"', then: { decoding: { maxTokens: 9 } } },
        { id: 'wider', when: 'request.n == 1', then: { decoding: { maxTokens: 1024 }, serviceLevel: 'standard' } },
      ],
    });
    const plan = planned(policy, { principal: principalOf({ tier: 'free' }) });
    expect(plan.plan.decoding.maxTokens).toBe(1024);
    expect(plan.plan.deadlineMs).toBe(5_000);
    expect(verdicts(plan)).toEqual(['cap matched', 'other not-matched', 'wider matched']);
    expect(decisionOf(plan, 'cap').changed).toEqual(['deadlineMs', 'decoding.maxTokens']);
    expect(decisionOf(plan, 'wider').changed).toEqual(['decoding.maxTokens']); // the service level was standard before
    expect(decisionOf(plan, 'cap').reason).toBe('tenant.tier == "free"');
  });

  it('stop after a final one that matches, not after one that does not', () => {
    const rules = [
      { id: 'miss', when: 'false', then: {}, final: true },
      { id: 'stop', when: 'true', then: { payloadLogging: true }, final: true },
      { id: 'late', when: 'true', then: { serviceLevel: 'batch' } },
    ];
    const plan = planned(compiled({ rules }));
    expect(verdicts(plan)).toEqual(['miss not-matched', 'stop matched', 'late skipped']);
    expect(plan.plan.payloadLogging).toBe(true);
    expect(plan.plan.serviceLevel).toBe('standard');
    expect(decisionOf(plan, 'late').reason).toContain('stop');
  });

  it('that cannot be evaluated count as not matching and are told apart', () => {
    const rules = [
      { id: 'broken', when: 'request.tags[0] == "x"', then: { serviceLevel: 'batch' } },
      { id: 'fine', when: 'true', then: { queue: { weight: 2 } } },
    ];
    const plan = planned(compiled({ rules }));
    expect(decisionOf(plan, 'broken')).toMatchObject({ verdict: 'error', changed: [] });
    expect(decisionOf(plan, 'broken').reason).toContain('could not be evaluated');
    expect(plan.plan).toMatchObject({ serviceLevel: 'standard', queue: { weight: 2 } });
    expect(plan.failures.map((failure) => failure.rule)).toEqual(['broken']);
  });

  it('merge decoding overrides by key and replace lists', () => {
    const rules = [
      { id: 'one', when: 'true', then: { decoding: { overrides: { seed: 1, stop: ['a', 'b'] } } } },
      { id: 'two', when: 'true', then: { decoding: { overrides: { stop: ['c'] } } } },
    ];
    expect(planned(compiled({ rules })).plan.decoding.overrides).toEqual({ seed: 1, stop: ['c'] });
  });

  it('follow the defaults, which follow the base plan', () => {
    const plan = planned(compiled({ defaults: { cache: { exact: { ttl: '2h' } } } }));
    expect(plan.plan.cache).toMatchObject({ exact: { enabled: true, ttlMs: 7_200_000 }, semantic: { mode: 'off' } });
    expect(plan.plan).toMatchObject({
      deadlineMs: 120_000,
      retries: { maxAttempts: 2, fallbacks: 1 },
      payloadLogging: false,
    });
    expect(decisionOf(plan, 'defaults').changed).toEqual(['cache.exact.ttlMs']);
  });
});

describe('what the app asks for', () => {
  const overruling = compiled({
    defaults: { serviceLevel: 'interactive' },
    rules: [{ id: 'rule', when: '"slow" in request.tags', then: { serviceLevel: 'batch', deadlineMs: 60_000 } }],
  });

  it('as priority wins over the defaults, and a rule may overrule it', () => {
    const asked = planned(overruling, { headers: { priority: 'standard', tags: [] } });
    expect(asked.plan.serviceLevel).toBe('standard');
    expect(decisionOf(asked, 'priority').reason).toBe('x-relay-priority: standard');
    const overruled = planned(overruling, { headers: { priority: 'standard', tags: ['slow'] } });
    expect(overruled.plan.serviceLevel).toBe('batch');
  });

  it('as deadline holds whatever a rule says, and the rule says so', () => {
    const plan = planned(overruling, { headers: { deadlineMs: 700, tags: ['slow'] } });
    expect(plan.plan.deadlineMs).toBe(700);
    expect(decisionOf(plan, 'rule').changed).toEqual(['serviceLevel']);
    expect(decisionOf(plan, 'rule').reason).toContain('deadlineMs not applied: the app set its own deadline');
  });

  it('as deadline is rounded down by less than one percent, so that plans are shared', () => {
    const deadlineOf = (deadlineMs: number) => planned(overruling, { headers: { deadlineMs, tags: [] } });
    expect(deadlineOf(29_873).plan.deadlineMs).toBe(29_800);
    expect(deadlineOf(29_873).document.id).toBe(deadlineOf(29_811).document.id);
    expect(deadlineOf(5_000).plan.deadlineMs).toBe(5_000);
    expect(deadlineOf(7).plan.deadlineMs).toBe(7);
  });

  it('as model pins it: rules cannot reroute the request, and say so', () => {
    const policy = compiled({ rules: [{ id: 'reroute', when: 'true', then: { route: { candidates: ['small'] } } }] });
    const pinned = planned(policy, { body: bodyOf({ model: 'large' }) });
    expect(candidateModels(pinned)).toEqual(['large']);
    expect(pinned.plan.route.strategy).toBe('pinned');
    expect(decisionOf(pinned, 'model').reason).toBe('pinned: the app asked for large');
    expect(decisionOf(pinned, 'reroute')).toMatchObject({ verdict: 'matched', changed: [] });
    expect(decisionOf(pinned, 'reroute').reason).toContain('route.candidates not applied: the app pinned the model');
    expect(candidateModels(planned(policy, { body: bodyOf({ model: 'auto' }) }))).toEqual(['small']);
  });
});

describe('the queue class', () => {
  it('follows the predicted cost: input + 2 x output', () => {
    const policy = compiled();
    const live = liveOf({ outputTokens: new Map([['', 3_000]]) });
    const short = planned(policy, { body: bodyOf({ max_tokens: 1_998 }) }, live);
    expect(short.predictedCost).toBe(2 + 2 * 1_998); // "Hello" is two tokens
    expect(short.plan.queue.class).toBe('short');
    const long = planned(policy, { body: bodyOf({ max_tokens: 1_999 }) }, live);
    expect(long.plan.queue.class).toBe('long');
    expect(decisionOf(long, 'queue')).toMatchObject({
      reason: expect.stringContaining('at least 4000'),
      changed: ['queue.class'],
    });
  });

  it('follows what the policy lets of the answer: cost, class and expected length have the same cap', () => {
    const policy = compiled({
      defaults: { decoding: { maxTokens: 500 } },
      rules: [{ id: 'whole', when: '"whole" in request.tags', then: { decoding: { maxTokens: 9_000 } } }],
    });
    const live = liveOf({ outputTokens: new Map([['', 3_000]]) });
    const capped = planned(policy, { body: bodyOf({ n: 2 }) }, live);
    expect(capped.features['features.predictedTokens']).toBe(2 + 2 * 2 * 3_000); // before the policy had its say
    expect([capped.predictedCost, capped.predicted.outputTokens]).toEqual([2 + 2 * 2 * 500, 2 * 500]);
    expect(capped.plan.queue.class).toBe('short');
    expect(decisionOf(capped, 'queue').reason).toContain('below 4000');
    const whole = planned(policy, { headers: { tags: ['whole'] } }, live);
    expect([whole.predictedCost, whole.plan.queue.class]).toEqual([2 + 2 * 3_000, 'long']);
  });

  it('has the border that was measured, unless the configuration says one', () => {
    const config = configOf();
    const request = requestOf({ body: bodyOf({ max_tokens: 500 }) });
    const classAt = (longCostTokens: number | undefined, measured: number): string => {
      const scheduler = { ...config.scheduler, longCostTokens };
      const planner = plannerOf(config.policy, { ...config, scheduler });
      if (!planner.ok) throw new Error('the policy does not compile');
      const [before, after] = [4_000, measured].map((tokens) =>
        planner.value.plan(request, liveOf({ longCostTokens: tokens, outputTokens: new Map([['', 600]]) })),
      );
      if (!before?.ok || !after?.ok) throw new Error('no plan');
      expect(decisionOf(after.value, 'queue').reason).toContain(`${longCostTokens ?? measured} tokens`);
      return `${before.value.plan.queue.class} ${after.value.plan.queue.class}`;
    };
    expect(classAt(undefined, 1_000)).toBe('short long');
    expect(classAt(2_000, 1_000)).toBe('short short');
  });

  it('can be set by a rule', () => {
    const policy = compiled({ rules: [{ id: 'long', when: 'true', then: { queue: { class: 'long' } } }] });
    expect(planned(policy).plan.queue.class).toBe('long');
  });
});
