import { RelayError, type Principal, type TenantProfile } from '@relay/core';

export const SCOPES = { inference: 'inference', actAs: 'tenant:act-as' } as const;

/** An API key as the data plane holds it; the principal is built once, so that a request costs no allocation. */
export interface ResolvedKey {
  readonly principal: Principal;
  /** ms since the epoch; `null`: never. */
  readonly expiresAt: number | null;
}

export function isExpired(key: ResolvedKey, nowMs: number): boolean {
  return key.expiresAt !== null && key.expiresAt <= nowMs;
}

/** Whether X-Tenant-Id names a tenant other than the key's own. */
export function namesForeignTenant(principal: Principal, tenantHeader: string | undefined): tenantHeader is string {
  return tenantHeader !== undefined && tenantHeader !== '' && tenantHeader !== principal.tenant.id;
}

export function mayInfer(principal: Principal): boolean {
  return principal.scopes.includes(SCOPES.inference);
}

export function mayActAs(principal: Principal): boolean {
  return principal.scopes.includes(SCOPES.actAs);
}

/** The same key working for another tenant. */
export function actingFor(principal: Principal, tenant: TenantProfile): Principal {
  return { ...principal, tenant };
}

export function inferenceForbidden(): RelayError {
  return new RelayError('forbidden', 'This API key lacks the scope "inference", which the data plane needs.');
}

/** The same answer whether or not that tenant exists. */
export function tenantForbidden(): RelayError {
  return new RelayError('tenant_forbidden', 'This API key may not act for the tenant that X-Tenant-Id names.', {
    param: 'x-tenant-id',
  });
}
