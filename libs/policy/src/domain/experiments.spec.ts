import { compiled, decisionOf, planned, principalOf } from '../../test/policy-fixtures';

const ARMS = [
  { weight: 90, then: {} },
  { name: 'short', weight: 10, then: { decoding: { maxTokens: 100 } } },
];
const policyWith = (unit: string, arms: unknown[] = ARMS, id = 'sum-1') =>
  compiled({
    rules: [{ id: 'ab', when: 'true', then: { serviceLevel: 'interactive' }, experiment: { id, unit, arms } }],
  });

const USERS = Array.from({ length: 5_000 }, (_, i) => `user-${i}`);
const capFor = (policy: ReturnType<typeof policyWith>, user: string, seed = 1) =>
  planned(policy, { headers: { tags: [], user }, seed }).plan.decoding.maxTokens;

describe('an experiment', () => {
  const byUser = policyWith('user');

  it('splits users by the weights of its arms', () => {
    const share = USERS.filter((user) => capFor(byUser, user) === 100).length / USERS.length;
    expect(share).toBeGreaterThan(0.075);
    expect(share).toBeLessThan(0.125); // 0.1 ± 6 standard deviations
  });

  it('keeps a user in its arm whatever the request, and when weights only grow for it', () => {
    const grown = policyWith('user', [
      { ...ARMS[0], weight: 80 },
      { ...ARMS[1], weight: 20 },
    ]);
    for (const user of USERS.slice(0, 500)) {
      expect(capFor(byUser, user, 7)).toBe(capFor(byUser, user, 8));
      if (capFor(byUser, user) === 100) expect(capFor(grown, user)).toBe(100);
    }
  });

  it('splits anew under another id', () => {
    const other = policyWith('user', ARMS, 'sum-2');
    const both = USERS.filter((user) => capFor(byUser, user) === 100 && capFor(other, user) === 100).length;
    expect(both / USERS.length).toBeLessThan(0.03); // 0.01 if they are independent
  });

  it('tells users of two tenants apart, and goes by the key where there is no user', () => {
    const of = (id: string) =>
      USERS.map(
        (user) => planned(byUser, { headers: { tags: [], user }, principal: principalOf({ id }) }).plan.decoding,
      );
    expect(of('acme')).not.toEqual(of('globex'));
    const anonymous = [1, 2, 3, 4, 5].map((seed) => planned(byUser, { seed }).plan.decoding.maxTokens);
    expect(new Set(anonymous).size).toBe(1);
  });

  it('by request draws each time', () => {
    const policy = policyWith('request', [
      { weight: 1, then: {} },
      { ...ARMS[1], weight: 1 },
    ]);
    const caps = Array.from({ length: 50 }, (_, seed) => planned(policy, { seed }).plan.decoding.maxTokens);
    expect(new Set(caps).size).toBe(2);
  });

  it('applies the arm after the rest of its rule, and the trace says which and why', () => {
    const arms = [
      { name: 'all', weight: 1, then: { serviceLevel: 'batch' } },
      { weight: 0, then: {} },
    ];
    const plan = planned(policyWith('tenant', arms));
    expect(plan.plan.serviceLevel).toBe('batch');
    expect(plan.plan.experiments).toEqual([{ id: 'sum-1', arm: 'all', unit: 'tenant' }]);
    expect(decisionOf(plan, 'ab').reason).toBe('true; arm all of experiment sum-1 (1 of 1) by tenant');
  });

  it('names its arms by letter where the document does not', () => {
    expect(
      new Set(USERS.map((user) => planned(byUser, { headers: { tags: [], user } }).plan.experiments[0]?.arm)),
    ).toEqual(new Set(['a', 'short']));
  });
});
