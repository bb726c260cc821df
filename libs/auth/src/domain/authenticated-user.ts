import type { Role, UserView } from '@relay/contracts';

/** Who is calling the control plane. A tenant-admin always has a tenant, the other roles see all of them. */
export interface AuthenticatedUser {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly tenant: string | null;
}

/** The tenant that everything this user sees is confined to; `null`: no confinement. */
export function tenantScope(user: AuthenticatedUser): string | null {
  return user.role === 'tenant-admin' ? user.tenant : null;
}

/** Whether this user may know that the tenant exists. */
export function maySeeTenant(user: AuthenticatedUser, tenantId: string): boolean {
  const scope = tenantScope(user);
  return scope === null || scope === tenantId;
}

export function toUserView(user: AuthenticatedUser): UserView {
  const { id, email, role, tenant } = user;
  return tenant === null ? { id, email, role } : { id, email, role, tenant };
}
