import { compiled, decisionOf, planned, principalOf, requestOf } from '../../test/policy-fixtures';
import { NOTHING_LIVE } from './live';
import { planRequest } from './plan-request';

const policy = compiled({
  defaults: { deadlineMs: 10_000, decoding: { maxTokens: 500 } },
  rules: [{ id: 'stop', when: '"x" in request.tags', then: { serviceLevel: 'batch' }, final: true }],
  tenants: {
    acme: {
      defaults: { deadlineMs: 20_000 },
      rules: [
        { id: 'own', when: 'true', then: { serviceLevel: 'interactive' }, final: true },
        { id: 'after', when: 'true', then: { payloadLogging: true } },
      ],
    },
    globex: {},
  },
});
const planFor = (id: string, tags: string[] = []) =>
  planned(policy, { principal: principalOf({ id }), headers: { tags } });

describe("a tenant's own part of a policy", () => {
  it('patches the defaults and comes after the rules of all, for that tenant alone', () => {
    expect(planFor('acme').plan).toMatchObject({ deadlineMs: 20_000, serviceLevel: 'interactive' });
    expect(planFor('acme').plan.decoding.maxTokens).toBe(500);
    expect(planFor('globex').plan).toMatchObject({ deadlineMs: 10_000, serviceLevel: 'standard' });
    expect(planFor('initech').plan).toMatchObject({ deadlineMs: 10_000, serviceLevel: 'standard' });
  });

  it('is not stopped by a final rule of all, but by one of its own', () => {
    const plan = planFor('acme', ['x']);
    expect(plan.plan.serviceLevel).toBe('interactive');
    expect(plan.plan.payloadLogging).toBe(false);
    expect(decisionOf(plan, 'after')).toMatchObject({ verdict: 'skipped', reason: 'the rule own before it is final' });
  });

  it('is told apart in the decisions, and is nobody else’s to see', () => {
    expect(decisionOf(planFor('acme'), 'tenant-defaults').changed).toEqual(['deadlineMs']);
    const others = planFor('initech').document.decisions.map(({ rule }) => rule);
    expect(others).not.toContain('own');
    expect(others).not.toContain('tenant-defaults');
  });

  it('keeps plans of two tenants apart in one memo', () => {
    expect(planFor('acme').document.id).not.toBe(planFor('globex').document.id);
    expect(planFor('globex').document.policy).toBe('test@1');
  });
});

describe('where data may go', () => {
  it('can be narrowed by what comes later, and never widened', () => {
    const rules = [
      { id: 'elsewhere', when: '"us" in request.tags', then: { route: { regions: ['us'] } } },
      { id: 'wider', when: '"all" in request.tags', then: { route: { regions: ['eu', 'us'] } } },
    ];
    const bound = compiled({ rules, tenants: { acme: { defaults: { route: { regions: ['eu'] } } } } });
    const regionsFor = (id: string, tags: string[]) => {
      const request = { principal: principalOf({ id }), headers: { tags } };
      return planRequest(bound, requestOf(request), NOTHING_LIVE);
    };
    const wider = regionsFor('acme', ['all']);
    expect(wider.ok && wider.value.plan.route.candidates.every(({ provider }) => provider === 'a')).toBe(true);
    const elsewhere = regionsFor('acme', ['us']);
    expect(elsewhere.ok ? null : elsewhere.error.code).toBe('forbidden');
    expect(regionsFor('globex', ['us']).ok).toBe(true);
  });
});
