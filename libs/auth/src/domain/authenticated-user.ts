import type { Role, UserView } from '@relay/contracts';

/** Who is calling the control plane. A tenant-admin always has a tenant, the other roles see all of them. */
export interface AuthenticatedUser {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly tenant: string | null;
  /** Access tokens issued before are not taken, s since the epoch; absent: all are. */
  readonly sessionsFrom?: number;
}

const MS_PER_SECOND = 1_000;

/** Tokens tell when they were issued in whole seconds: those of the second in which all sessions ended end as well, and new ones are dated after it. */
export function sessionsFrom(endedAt: Date): number {
  return Math.floor(endedAt.getTime() / MS_PER_SECOND) + 1;
}

/** The time to note for an end of all sessions: also tokens that were dated after the end before it have to go. */
export function endOfSessions(before: Date | null, nowMs: number): Date {
  return new Date(Math.max(nowMs, before === null ? 0 : sessionsFrom(before) * MS_PER_SECOND));
}

/** When a token of this user that is made now says that it was issued, s since the epoch. */
export function issuedAt({ sessionsFrom: from = 0 }: AuthenticatedUser, nowMs: number): number {
  return Math.max(Math.floor(nowMs / MS_PER_SECOND), from);
}

/** Whether all sessions of the user were ended since a token was issued. */
export function isEndedSession({ sessionsFrom: from = 0 }: AuthenticatedUser, issuedAtSeconds: number): boolean {
  return issuedAtSeconds < from;
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
