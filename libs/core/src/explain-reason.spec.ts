import type { Decision } from '@relay/contracts';
import { decisionsForTenant, explainReason } from './explain-reason';

const features = {
  'features.inputTokens': 5_200,
  'request.tags': ['a', 'b'],
  'tenant.id': 'acme',
  'tenant.tier': 'gold',
};
const matched = (reason: string) => explainReason({ rule: 'r', verdict: 'matched', reason, changed: [] }, features);

describe('the reason of a decision', () => {
  it('shows the values that the condition read', () => {
    expect(matched('features.inputTokens > 4000 && tenant.tier == "gold"')).toBe(
      'features.inputTokens > 4000 && tenant.tier == "gold" [features.inputTokens = 5200, tenant.tier = "gold"]',
    );
    expect(matched('request.tags.exists(t, t == "a")')).toContain('[request.tags = ["a","b"]]');
  });

  it('is left alone when it reads nothing', () => {
    expect(matched('pinned: the app asked for small')).toBe('pinned: the app asked for small');
  });

  it('does not take a part of a longer name for a feature', () => {
    expect(matched('tenant.identity == 1 && my.tenant.id == 2')).toBe('tenant.identity == 1 && my.tenant.id == 2');
  });
});

describe('decisions as a tenant may see them', () => {
  const decision = (verdict: Decision['verdict'], reason: string): Decision => ({
    rule: 'r',
    verdict,
    reason,
    changed: [],
  });

  it('keep the text of conditions on other tenants to themselves', () => {
    const others = [
      decision('not-matched', 'tenant.id == "globex" && request.user == "ceo"'),
      decision('error', 'could not be evaluated: tenant.tags[3] == "x"'),
    ];
    for (const { reason, verdict } of decisionsForTenant(others)) {
      expect(reason).not.toContain('globex');
      expect(reason).not.toContain('tenant.tags');
      expect(['not-matched', 'error']).toContain(verdict);
    }
  });

  it('say all about what holds for it, and about the request', () => {
    const own = [
      decision('matched', 'tenant.tier == "free"'),
      decision('not-matched', 'features.inputTokens > 4000'),
      decision('skipped', 'the rule stop before it is final'),
    ];
    expect(decisionsForTenant(own)).toEqual(own);
  });
});
