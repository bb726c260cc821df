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

  it('does not depend on the order in which a policy names the models', () => {
    const inOrder = (candidates: string[]) => signatureOf(withDefaults({ route: { candidates } }));
    expect(inOrder(['small', 'medium'])).toBe(inOrder(['medium', 'small']));
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
