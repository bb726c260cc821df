import { executionPlanSchema } from '@relay/contracts';
import { aPlan } from '@relay/testing';
import { toExecutionPlan, type StoredPlan } from './stored-plan';

describe('a stored plan', () => {
  const { plan } = aPlan('p');

  it('of an older version is shown with what it did not know as off', () => {
    const { guards: _guards, degrade: _degrade, experiments: _experiments, ...rest } = plan;
    const { cascade: _cascade, ...route } = plan.route;
    const { budget: _budget, hedge: _hedge, ...retries } = plan.retries;
    const old: StoredPlan = { ...rest, route, retries };
    const shown = toExecutionPlan(old, null);
    expect(() => executionPlanSchema.parse(shown)).not.toThrow();
    expect(shown).toMatchObject({
      route: { cascade: null, candidates: plan.route.candidates },
      retries: { maxAttempts: 2, hedge: null },
      guards: { injection: { action: 'off' }, pii: { action: 'off' } },
    });
  });

  it('is shown as it is, with the scores of the request where it had its own', () => {
    const scores = [
      { model: 'small', provider: 'mock', upstreamModel: 'mock-small', score: 0.7, terms: { quality: 0.9 } },
    ];
    expect(toExecutionPlan(plan, null)).toEqual(plan);
    expect(toExecutionPlan(plan, scores)).toEqual({ ...plan, route: { ...plan.route, candidates: scores } });
    expect(toExecutionPlan(null, scores)).toBeNull();
  });
});
