import type { TenantProfile } from '@relay/core';
import { actingFor, resolveKey } from './principal';

const tenant = (models: string[] | null): TenantProfile => ({
  ...{ id: 't', weight: 1, tier: 'standard', tags: [], limits: { requestsPerMinute: 10 } },
  models,
});
const key = (models: string[] | null) => ({
  ...{ id: 'k', name: 'ci', scopes: ['inference'], limits: {}, expiresAt: null },
  models,
});

describe('what a key may use', () => {
  it.each([
    ['all', null, null, null],
    ['those of its tenant', ['a', 'b'], null, ['a', 'b']],
    ['its own where the tenant has all', null, ['a'], ['a']],
    ['what both have', ['a', 'b'], ['b', 'c'], ['b']],
    ['nothing where they have nothing in common', ['a'], ['c'], []],
    ['nothing where it has none', ['a'], [], []],
  ])('is %s', (_what, ofTenant, ofKey, expected) => {
    expect(resolveKey(tenant(ofTenant), key(ofKey)).principal.tenant.models).toEqual(expected);
  });

  it('is no more when it acts for another tenant', () => {
    const { principal } = resolveKey(tenant(null), key(['a', 'b']));
    expect(actingFor(principal, tenant(['b', 'c'])).tenant.models).toEqual(['b']);
    expect(actingFor(principal, tenant(null)).tenant.models).toEqual(['a', 'b']);
  });

  it('leaves the profile of its tenant as it is where it has no models of its own', () => {
    const profile = tenant(['a']);
    expect(resolveKey(profile, key(null)).principal.tenant).toBe(profile);
  });
});
