import { bodyOf, compiled, MODELS, planned } from '../../test/policy-fixtures';

const signatureOf = (...args: Parameters<typeof planned>): string => planned(...args).document.signature;
const withDefaults = (defaults: unknown, models?: readonly unknown[]) => compiled({ defaults }, models);
const plain = signatureOf(compiled());

describe('the signature of a plan', () => {
  it('is 16 hex digits', () => {
    expect(plain).toMatch(/^[0-9a-f]{16}$/);
  });

  it('does not depend on the order that was drawn', () => {
    const plans = Array.from({ length: 50 }, (_, seed) =>
      planned(compiled(), { body: bodyOf({ model: 'spread' }), seed }),
    );
    expect(new Set(plans.map((plan) => plan.document.signature)).size).toBe(1);
    expect(new Set(plans.map((plan) => plan.document.id)).size).toBe(2); // the documents do tell the order
  });

  it('depends on the order in which a policy names the models: the first one is meant to answer', () => {
    const inOrder = (candidates: string[], strategy: string) =>
      signatureOf(withDefaults({ route: { candidates, strategy } }));
    expect(inOrder(['small', 'medium'], 'ordered')).not.toBe(inOrder(['medium', 'small'], 'ordered'));
    expect(inOrder(['small', 'medium'], 'weighted')).toBe(inOrder(['medium', 'small'], 'weighted'));
    expect(inOrder(['small', 'medium'], 'content')).toBe(inOrder(['medium', 'small'], 'content'));
  });

  it('tells arms of an experiment apart, whatever they change', () => {
    const arms = [
      { weight: 1, then: {} },
      { weight: 1, then: { deadlineMs: 1_000 } },
    ];
    const policy = compiled({ rules: [{ id: 'ab', when: 'true', experiment: { id: 'e', unit: 'request', arms } }] });
    const plans = Array.from({ length: 40 }, (_, seed) => planned(policy, { seed }));
    const byArm = new Set(plans.map(({ plan, document }) => `${plan.experiments[0]?.arm} ${document.signature}`));
    expect(byArm.size).toBe(2);
    expect(new Set(plans.map(({ document }) => document.signature)).size).toBe(2);
  });

  it('tells apart users who stick to different models', () => {
    const policy = withDefaults({ route: { candidates: ['small', 'medium'], strategy: 'sticky' } });
    const plans = Array.from({ length: 40 }, (_, i) => planned(policy, { headers: { tags: [], user: `user-${i}` } }));
    const byFirst = new Set(
      plans.map(({ plan, document }) => `${plan.route.candidates[0]?.model} ${document.signature}`),
    );
    expect(byFirst.size).toBe(2);
  });

  it('tells a stream, whose answer no cascade checks, from a whole answer', () => {
    const policy = withDefaults({ route: { strategy: 'cascade' } });
    expect(signatureOf(policy, { body: bodyOf({ stream: true }) })).not.toBe(signatureOf(policy));
    expect(signatureOf(compiled(), { body: bodyOf({ stream: true }) })).toBe(plain);
  });

  it.each([
    ['deadline', { deadlineMs: 1_000 }],
    ['queue', { queue: { class: 'long', weight: 3 } }],
    ['service level', { serviceLevel: 'batch' }],
    ['cache settings', { cache: { exact: { ttl: '5m' } } }],
    ['payload logging', { payloadLogging: false }],
  ])('does not depend on the %s', (_what, defaults) => {
    expect(signatureOf(withDefaults(defaults))).toBe(plain);
  });

  it.each([
    ['cap on the answer', { decoding: { maxTokens: 100 } }],
    ['overrides', { decoding: { overrides: { temperature: 0 } } }],
    ['models that may serve', { route: { candidates: ['medium'] } }],
    ['fallbacks, which bring in another model', { retries: { fallbacks: 2 } }],
  ])('depends on the %s', (_what, defaults) => {
    expect(signatureOf(withDefaults(defaults))).not.toBe(plain);
  });

  it('does not change when a model is added that this plan would never reach', () => {
    const added = [...MODELS, { id: 'last', tier: 'advanced', targets: [{ provider: 'a', model: 'last' }] }];
    expect(signatureOf(compiled({}, added))).toBe(plain);
  });

  it('depends on the name the provider knows the model by', () => {
    const renamed = MODELS.map((model) =>
      model.id === 'medium' ? { ...model, targets: [{ provider: 'a', model: 'other' }] } : model,
    );
    expect(signatureOf(compiled({}, renamed))).not.toBe(plain);
  });
});
