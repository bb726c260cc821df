import type { RoleMapping } from '@relay/config';
import type { Role } from '@relay/contracts';
import { claimedTenant } from './claimed-tenant';
import { type Claims, textsAt } from './claims';

/** Of several roles the first of these counts: who sees most. */
const BY_REACH: readonly Role[] = ['owner', 'operator', 'viewer', 'tenant-admin'];

/** A role, and the tenant of a tenant-admin. */
export interface Standing {
  readonly role: Role;
  readonly tenant: string | null;
}

/** What somebody may do by the claims of a verified token; null: nothing. */
export function claimedStanding(mapping: RoleMapping, claims: Claims): Standing | null {
  const role = claimedRole(mapping, claims) ?? mapping.defaultRole;
  if (role === null) return null;
  if (role !== 'tenant-admin') return { role, tenant: null };
  const tenant = claimedTenant(mapping, claims);
  return tenant === null ? null : { role, tenant };
}

function claimedRole({ roleClaim, roles }: RoleMapping, claims: Claims): Role | undefined {
  if (roleClaim === undefined) return undefined;
  const claimed = new Set(
    textsAt(claims, roleClaim).flatMap((value) => (Object.hasOwn(roles, value) ? [roles[value]] : [])),
  );
  return BY_REACH.find((role) => claimed.has(role));
}
