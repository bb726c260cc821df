import { bodyOf, candidateModels, compiled, MODELS, planned, requestOf } from '../../../test/policy-fixtures';
import { NOTHING_LIVE } from '../live';
import { planRequest, type PlanRequest } from '../plan-request';

const TEXT_ONLY = {
  id: 'text-only',
  targets: [{ provider: 'a', model: 'up' }],
  supports: { tools: false, images: false, jsonSchema: false },
};
const policy = compiled({ defaults: { route: { candidates: ['text-only', 'medium'] } } }, [...MODELS, TEXT_ONLY]);
const tools = [{ type: 'function', function: { name: 'f' } }];
const image = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }];

function refusal(of: ReturnType<typeof compiled>, request: Partial<PlanRequest>) {
  const result = planRequest(of, requestOf(request), NOTHING_LIVE);
  if (result.ok) throw new Error('was planned');
  return result.error;
}

describe('what a model cannot do', () => {
  it.each([
    ['tools', bodyOf({ tools })],
    ['images', bodyOf({ messages: image })],
    ['a JSON schema', bodyOf({ response_format: { type: 'json_schema' } })],
  ])('takes it out of an auto route when the request has %s', (what, body) => {
    const plan = planned(policy, { body });
    expect(candidateModels(plan)).toEqual(['medium']);
    expect(plan.plan.route.rejected).toEqual([
      { model: 'text-only', provider: null, reason: `the request has ${what}, which it does not support` },
    ]);
  });

  it('does not matter to other requests, nor to an app that insists on the model', () => {
    expect(candidateModels(planned(policy))).toEqual(['text-only', 'medium']);
    expect(candidateModels(planned(policy, { body: bodyOf({ model: 'text-only', tools }) }))).toEqual(['text-only']);
  });

  it('is told where nobody else is left', () => {
    const only = compiled({}, [TEXT_ONLY]);
    const error = refusal(only, { body: bodyOf({ tools }) });
    expect(error).toMatchObject({ code: 'invalid_request', param: 'model' });
    expect(error.message).toContain('the request has tools');
  });
});

describe('where a policy lets data go', () => {
  const inEurope = compiled({ defaults: { route: { regions: ['eu'] } } });

  it('holds for regions, with the reason', () => {
    const plan = planned(inEurope);
    expect(new Set(plan.plan.route.candidates.map(({ provider }) => provider))).toEqual(new Set(['a']));
    expect(plan.plan.route.rejected).toContainEqual({
      model: 'small',
      provider: 'b',
      reason: 'its region us is not among those of the policy',
    });
  });

  it('holds for an app that asks for a model elsewhere: it is refused, and not called', () => {
    const error = refusal(inEurope, { body: bodyOf({ model: 'small' }) });
    expect(error).toMatchObject({ code: 'forbidden', param: 'model' });
  });

  it('holds for providers', () => {
    const onlyB = compiled({ defaults: { route: { providers: ['b'] } } });
    expect(candidateModels(planned(onlyB, { body: bodyOf({ model: 'spread' }) }))).toEqual(['spread']);
    expect(refusal(onlyB, { body: bodyOf({ model: 'large' }) }).code).toBe('forbidden');
  });

  it('holds for the chain of fallbacks', () => {
    const chained = compiled({ defaults: { route: { regions: ['eu'], candidates: ['large'], fallbacks: ['small'] } } });
    expect(candidateModels(planned(chained))).toEqual(['large']);
  });
});

describe('a chain of fallbacks', () => {
  const long = { textTokens: 50_000 };
  const chained = (route: object, retries?: object) =>
    compiled({ defaults: { route, ...(retries ? { retries } : {}) } });

  it('serves what is too long for all candidates', () => {
    const policy = chained({ candidates: ['small'], fallbacks: ['large'] });
    expect(candidateModels(planned(policy, long))).toEqual(['large']);
    expect(candidateModels(planned(policy))).toEqual(['small', 'large']);
  });

  it('does not bring back who was left out', () => {
    const policy = chained({ candidates: ['small', 'large'], fallbacks: ['small'] });
    expect(candidateModels(planned(policy, long))).toEqual(['large']);
  });

  it('comes after the candidates that may be called, and may be called to its end', () => {
    const route = { candidates: ['large', 'medium', 'small'], fallbacks: ['unpriced', 'spread'] };
    const { plan } = planned(chained(route, { fallbacks: 1, maxAttempts: 1 }));
    const models = plan.route.candidates.map(({ model }) => model);
    expect(models.slice(0, 3)).toEqual(['large', 'medium', 'unpriced']);
    expect(models.slice(3, 5)).toEqual(['spread', 'spread']);
    expect(models.at(-1)).toBe('small'); // beyond reach
    expect(plan.retries).toMatchObject({ fallbacks: 4, maxAttempts: 5 });
  });
});
