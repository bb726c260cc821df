import type { ErrorCode } from '@relay/contracts';
import {
  bodyOf,
  candidateModels,
  compiled,
  MODELS,
  planned,
  principalOf,
  requestOf,
} from '../../../test/policy-fixtures';
import { NOTHING_LIVE } from '../live';
import { planRequest } from '../plan-request';

const policy = compiled();
const routeOf = (model: string, models: readonly string[] | null = null) =>
  planned(policy, { body: bodyOf({ model }), principal: principalOf({ models }) });

function refusal(
  model: string,
  models: readonly string[] | null = null,
  of = policy,
): { code: ErrorCode; message: string; param: string | null } {
  const result = planRequest(
    of,
    requestOf({ body: bodyOf({ model }), principal: principalOf({ models }) }),
    NOTHING_LIVE,
  );
  if (result.ok) throw new Error('was planned');
  const { code, message, param } = result.error;
  return { code, message, param };
}

describe('a route', () => {
  it('of auto takes every model the tenant may use, standard tier first', () => {
    expect(new Set(candidateModels(routeOf('auto')).slice(0, 4))).toEqual(
      new Set(['medium', 'small', 'unpriced', 'large']),
    );
    expect(candidateModels(routeOf('auto'))[0]).toBe('medium');
    expect(candidateModels(routeOf('auto', ['large', 'small']))).toEqual(['small', 'large']);
  });

  it('of auto:cheap goes by price, an unknown price last', () => {
    const plan = routeOf('auto:cheap', ['large', 'unpriced', 'medium', 'small']);
    expect(candidateModels(plan)).toEqual(['small', 'medium', 'large', 'unpriced']);
    expect(plan.scores?.[1]?.terms['usd']).toBeCloseTo((2 * 1 + 256 * 3) / 1e6); // two tokens in, the usual 256 out
  });

  it('of auto:fast begins with the basic tier, of auto:best with the most capable advanced one', () => {
    expect(candidateModels(routeOf('auto:fast', ['large', 'medium', 'small']))).toEqual(['small', 'medium', 'large']);
    expect(candidateModels(routeOf('auto:best', ['spread', 'large', 'small']))[0]).toBe('large');
  });

  it('has scores that fall from the first candidate to the last', () => {
    for (const model of ['auto', 'auto:cheap', 'auto:fast', 'auto:best']) {
      const scores = routeOf(model).plan.route.candidates.map((candidate) => candidate.score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }
  });

  it('keeps the order a rule gives, or ranks by the strategy it names', () => {
    const by = (strategy: string) =>
      compiled({ defaults: { route: { candidates: ['large', 'small', 'medium'], strategy } } });
    expect(candidateModels(planned(by('ordered')))).toEqual(['large', 'small', 'medium']);
    expect(candidateModels(planned(by('cost')))).toEqual(['small', 'medium', 'large']);
  });

  it('leaves out what the tenant may not use, with the reason', () => {
    const strict = compiled({ defaults: { route: { candidates: ['large', 'small'] } } });
    const plan = planned(strict, { principal: principalOf({ models: ['small'] }) });
    expect(candidateModels(plan)).toEqual(['small']);
    expect(plan.plan.route.rejected).toEqual([
      { model: 'large', provider: null, reason: 'not allowed for this tenant' },
    ]);
  });

  it('leaves out targets of weight 0 and of providers that are not there', () => {
    expect(routeOf('spread').plan.route.rejected).toEqual([{ model: 'spread', provider: 'b', reason: 'weight 0' }]);
    const lost = compiled({}, [{ id: 'lost', targets: [{ provider: 'gone', model: 'x' }] }]);
    expect(refusal('lost', null, lost).code).toBe('unavailable');
    expect(refusal('auto', null, lost).code).toBe('unavailable');
  });
});

describe('a context window smaller than the estimate', () => {
  const long = (model: string, tokens: number, of = policy) =>
    planned(of, { body: bodyOf({ model, messages: [{ role: 'user', content: 'x'.repeat(tokens * 4) }] }) });

  it('takes a model out of an auto route', () => {
    const plan = long('auto', 8_001);
    expect(candidateModels(plan)).not.toContain('small');
    expect(plan.plan.route.rejected).toContainEqual({
      model: 'small',
      provider: null,
      reason: 'context window of 8000 tokens is smaller than the estimated input',
    });
    expect(candidateModels(long('auto', 8_000))).toContain('small');
    expect(candidateModels(long('auto', 40_000))).not.toContain('medium');
  });

  it('does not stop a pinned request nor the last candidates: an estimate may be wrong', () => {
    expect(candidateModels(long('small', 9_000))).toEqual(['small']);
    const only = compiled({ defaults: { route: { candidates: ['small', 'medium'] } } });
    expect(candidateModels(long('auto', 50_000, only))).toEqual(['small', 'medium']);
  });
});

describe('a model that does not exist', () => {
  it('is refused in the same words as one the tenant may not use', () => {
    const unknown = refusal('nope');
    const withheld = refusal('large', ['small']);
    expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(withheld.message.replace('large', 'nope')).toBe(unknown.message);
    expect(withheld).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it.each(['auto:other', 'AUTO', 'constructor'])('is refused when it is called %s', (model) => {
    expect(refusal(model).code).toBe('model_not_found');
  });

  it('is what auto finds when nothing may be used', () => {
    expect(refusal('auto', []).code).toBe('model_not_found');
    expect(refusal('auto', null, compiled({}, [])).code).toBe('model_not_found');
  });
});

describe('the draw by weight', () => {
  const SEEDS = 5_000;
  const seeds = Array.from({ length: SEEDS }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0);

  it('serves targets of one model in proportion', () => {
    const first = seeds.map(
      (seed) => planned(policy, { body: bodyOf({ model: 'spread' }), seed }).plan.route.candidates[0]?.provider,
    );
    const share = first.filter((provider) => provider === 'a').length / SEEDS;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78); // 0.75 ± 5 standard deviations
  });

  it('serves models in proportion under the weighted strategy, and falls back to another', () => {
    const models = [1, 2, 7].map((weight) => ({
      ...MODELS[1],
      id: `w${weight}`,
      targets: [{ provider: 'a', model: `w${weight}`, weight }],
    }));
    const weighted = compiled({ defaults: { route: { strategy: 'weighted' } } }, models);
    const routes = seeds.map((seed) => candidateModels(planned(weighted, { seed })));
    for (const weight of [1, 2, 7]) {
      const share = routes.filter(([first]) => first === `w${weight}`).length / SEEDS;
      expect(Math.abs(share - weight / 10)).toBeLessThan(0.02);
    }
    expect(routes.every((route) => new Set(route).size === 3)).toBe(true);
    expect(new Set(routes.map(String)).size).toBeGreaterThanOrEqual(5);
  });
});
