import { relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { plannerOf } from '@relay/policy';
import { errorBudgetOf } from './error-budget';

const budget = (maxErrorPerHit: number, evidence?: string): object => ({
  cache: { semantic: { maxErrorPerHit, ...(evidence !== undefined && { evidence }) } },
});
const rule = (id: string, then: object): object => ({ id, when: 'true', then });
const faq = (id: string, then: object): object => ({ ...rule(id, then), when: `'faq' in request.tags` });

function budgetOf(policy: object, owner: string, evidence: string): number {
  const config = {
    ...relayConfigSchema.parse({
      providers: [{ id: 'sim', kind: 'simulator' }],
      models: [{ id: 'small', targets: [{ provider: 'sim', model: 'small' }] }],
    }),
    policy: policyDocumentSchema.parse({ name: 'test', version: 1, ...policy }),
  } satisfies RelayConfig;
  const planner = plannerOf(config.policy, config);
  if (!planner.ok) throw new Error(JSON.stringify(planner.error));
  return errorBudgetOf(planner.value.policy, owner, evidence);
}

describe('the errors that a policy allows an evidence class', () => {
  it('are those of the relay where the policy says nothing', () => {
    expect(budgetOf({}, 't:acme', 'default')).toBe(0.02);
  });

  it('are those of the defaults, a tenant has its own', () => {
    const policy = { defaults: budget(0.05), tenants: { acme: { defaults: budget(0.01) }, other: {} } };
    expect(budgetOf(policy, 't:acme', 'default')).toBe(0.01);
    expect(budgetOf(policy, 't:globex', 'default')).toBe(0.05);
    expect(budgetOf(policy, 't:other', 'default')).toBe(0.05);
    expect(budgetOf(policy, 'g:acme', 'default')).toBe(0.05);
  });

  it('are the fewest of the rules that name the class', () => {
    const rules = [faq('a', budget(0.1, 'faq')), faq('b', budget(0.03, 'faq')), faq('c', budget(0.001, 'legal'))];
    expect(budgetOf({ defaults: budget(0.2), rules }, 't:acme', 'faq')).toBe(0.03);
    expect(budgetOf({ defaults: budget(0.2), rules }, 't:acme', 'default')).toBe(0.2);
  });

  describe('of rules that name no class', () => {
    const on = (maxErrorPerHit?: number): object => ({ cache: { semantic: { mode: 'verified', maxErrorPerHit } } });

    it('are those of the rule that has requests looked up, whatever the defaults say of the others', () => {
      expect(budgetOf({ rules: [faq('a', on(0.3))] }, 't:acme', 'default')).toBe(0.3);
      expect(budgetOf({ tenants: { acme: { rules: [faq('a', on(0.3))] } } }, 't:acme', 'default')).toBe(0.3);
      expect(budgetOf({ rules: [rule('a', on(0.3))] }, 't:acme', 'default')).toBe(0.3);
      expect(budgetOf({ rules: [rule('a', on()), rule('b', budget(0.3))] }, 't:acme', 'default')).toBe(0.3);
      const experiment = { id: 'x', unit: 'user', arms: [on(0.3), on(0.4)].map((then) => ({ weight: 1, then })) };
      expect(budgetOf({ rules: [{ id: 'a', when: 'true', experiment }] }, 't:acme', 'default')).toBe(0.3);
    });

    it('are those of a final rule, whatever comes after it', () => {
      const rules = [{ ...faq('a', on(0.3)), final: true }, rule('b', { cache: { semantic: { mode: 'off' } } })];
      expect(budgetOf({ rules }, 't:acme', 'default')).toBe(0.3);
    });

    it('are those of the defaults too, where others are looked up by them', () => {
      expect(budgetOf({ defaults: on(0.05), rules: [faq('a', budget(0.3))] }, 't:acme', 'default')).toBe(0.05);
      expect(budgetOf({ defaults: on(0.05), rules: [faq('a', budget(0.01))] }, 't:acme', 'default')).toBe(0.01);
    });

    it('are those of the class that the defaults name', () => {
      const defaults = { cache: { semantic: { evidence: 'support' } } };
      expect(budgetOf({ defaults, rules: [faq('a', on(0.3))] }, 't:acme', 'support')).toBe(0.3);
      expect(budgetOf({ defaults, rules: [faq('a', on(0.3))] }, 't:acme', 'default')).toBe(0.02);
    });
  });
});
