import { NO_ANALYSIS } from '@relay/contracts';
import { bodyOf, compiled, planned, requestOf } from '../test/policy-fixtures';
import { NOTHING_LIVE } from './domain/live';
import { planRequest } from './domain/plan-request';
import { LruPlanMemo } from './plan-memo';

const RULES = 500; // as many as a document may have
const rules = Array.from({ length: RULES }, (_, i) => ({
  id: `rule-${i}`,
  when: `features.inputTokens > ${i} && tenant.tier == "standard"`,
  then: { decoding: { overrides: { seed: i } } },
}));

describe('a policy of 500 rules', () => {
  it('is evaluated in full, each rule with its verdict', () => {
    const plan = planned(compiled({ rules }), { textTokens: 250 });
    const verdicts = plan.document.decisions
      .filter(({ rule }) => rule.startsWith('rule-'))
      .map(({ verdict }) => verdict);
    expect(verdicts).toHaveLength(RULES);
    expect(verdicts.filter((verdict) => verdict === 'matched')).toHaveLength(250);
    expect(plan.plan.decoding.overrides).toEqual({ seed: 249 });
  });

  it('that all fail at run time still gives a plan, and says of each that it failed', () => {
    const failing = rules.map((rule) => ({ ...rule, when: 'request.tags[3] == "x"' }));
    const plan = planned(compiled({ rules: failing }));
    expect(plan.failures).toHaveLength(RULES);
    expect(plan.plan.decoding.overrides).toEqual({});
  });
});

describe('the memo of plans', () => {
  it('keeps a bounded number of plans, however many outcomes there are', () => {
    const policy = compiled({ rules });
    const memo = new LruPlanMemo();
    for (let i = 0; i < 600; i++) {
      const request = requestOf({ textTokens: i, body: bodyOf({ model: 'small' }), prompt: NO_ANALYSIS });
      expect(planRequest(policy, request, NOTHING_LIVE, memo).ok).toBe(true);
    }
    expect(memo.size).toBeLessThanOrEqual(LruPlanMemo.MAX_SHAPES);
  });
});
