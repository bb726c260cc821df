import type { RoleMapping } from '@relay/config';
import { claimedStanding } from './claimed-role';
import { claimAt, wordsAt } from './claims';

const mapping: RoleMapping = {
  roleClaim: 'realm_access.roles',
  roles: { admins: 'owner', readers: 'viewer', customers: 'tenant-admin' },
  defaultRole: null,
  tenantClaim: 'tenant',
};
const standing = (claims: object, more: Partial<RoleMapping> = {}): unknown =>
  claimedStanding({ ...mapping, ...more }, claims as Record<string, unknown>);
const roles = (...values: unknown[]): object => ({ realm_access: { roles: values } });

describe('what somebody may do by the claims of a token', () => {
  it('follows the values of the claim, and of several the one that sees most', () => {
    expect(standing(roles('readers'))).toEqual({ role: 'viewer', tenant: null });
    expect(standing({ ...roles('customers', 'readers', 'admins') })).toEqual({ role: 'owner', tenant: null });
    expect(standing({ role: 'admins' }, { roleClaim: 'role' })).toEqual({ role: 'owner', tenant: null });
  });

  it('is nothing where no value is known and there is no default', () => {
    for (const claims of [roles('others'), roles(), roles(7, null, {}), { realm_access: 'admins' }, {}])
      expect(standing(claims)).toBeNull();
    expect(standing(roles('others'), { defaultRole: 'viewer' })).toEqual({ role: 'viewer', tenant: null });
  });

  it('takes nothing that every object has for a claim or a value', () => {
    expect(standing(roles('constructor', 'toString', '__proto__'))).toBeNull();
    expect(standing({}, { roleClaim: 'constructor.name', roles: { Object: 'owner' } })).toBeNull();
  });

  it('needs a tenant for a tenant-admin', () => {
    expect(standing({ ...roles('customers'), tenant: 'acme' })).toEqual({ role: 'tenant-admin', tenant: 'acme' });
    for (const tenant of [undefined, '', 7, ['acme'], 'x'.repeat(513)])
      expect(standing({ ...roles('customers'), tenant })).toBeNull();
    expect(standing(roles('customers'), { tenantClaim: undefined })).toBeNull();
  });

  it('translates tenants that are listed, and knows no others then', () => {
    const tenants = { 'Dept 7': 'acme' };
    expect(standing({ ...roles('customers'), tenant: 'Dept 7' }, { tenants })).toMatchObject({ tenant: 'acme' });
    expect(standing({ ...roles('customers'), tenant: 'acme' }, { tenants })).toBeNull();
    expect(standing({ ...roles('customers'), tenant: 'toString' }, { tenants })).toBeNull();
  });
});

describe('a claim', () => {
  it('is found by its name as it is before it is taken for a path', () => {
    expect(claimAt({ 'https://a.b/roles': 1, https: { '//a': 2 } }, 'https://a.b/roles')).toBe(1);
    expect(claimAt({ a: { b: 2 } }, 'a.b')).toBe(2);
    expect(claimAt({ a: ['x'] }, 'a.0')).toBeUndefined();
    expect(claimAt({ a: null }, 'a.b')).toBeUndefined();
  });

  it('of scopes may be a text with spaces or a list', () => {
    expect(wordsAt({ scope: 'a b' }, 'scope')).toEqual(['a', 'b']);
    expect(wordsAt({ scope: ['a b', 'c'] }, 'scope')).toEqual(['a b', 'c']);
    expect(wordsAt({}, 'scope')).toEqual([]);
  });
});
