import { RelayError, type Principal, type TenantProfile } from '@relay/core';

export const SCOPES = { inference: 'inference', actAs: 'tenant:act-as' } as const;

/** An API key as the data plane holds it; the principal is built once, so that a request costs no allocation. */
export interface ResolvedKey {
  readonly principal: Principal;
  /** ms since the epoch; `null`: never. */
  readonly expiresAt: number | null;
}

/** What is kept of a key, in relay.yaml or in the database. */
export interface KeyFacts {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null; // null: all of its tenant
  readonly limits: NonNullable<Principal['keyLimits']>;
  readonly expiresAt: number | null; // ms since the epoch
}

/** A key as the data plane holds it. The tenant in it is one that has no more models than the key. */
export function resolveKey(tenant: TenantProfile, key: KeyFacts): ResolvedKey {
  const { id: keyId, name: keyName, scopes, models, limits, expiresAt } = key;
  const principal: Principal = {
    ...{ tenant: confined(tenant, models), keyId, keyName, scopes },
    ...(Object.keys(limits).length > 0 ? { keyLimits: limits } : {}),
    ...(models === null ? {} : { keyModels: models }),
  };
  return { principal, expiresAt };
}

function confined(tenant: TenantProfile, models: readonly string[] | null): TenantProfile {
  if (models === null) return tenant;
  const { models: ofTenant } = tenant;
  return { ...tenant, models: ofTenant === null ? models : models.filter((model) => ofTenant.includes(model)) };
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

/** The same key working for another tenant, of whose models it has no more than of its own. */
export function actingFor(principal: Principal, tenant: TenantProfile): Principal {
  return { ...principal, tenant: confined(tenant, principal.keyModels ?? null) };
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
