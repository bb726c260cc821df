import { type Claims, textAt } from './claims';

const MAX_TENANT_CHARS = 512;

interface TenantMapping {
  readonly tenantClaim?: string | undefined;
  readonly tenants?: Readonly<Record<string, string>> | undefined; // by value of the claim
}

/** The tenant that a token names; whether it exists is another question. Where values are listed, no other counts. */
export function claimedTenant({ tenantClaim, tenants }: TenantMapping, claims: Claims): string | null {
  const value = tenantClaim === undefined ? null : textAt(claims, tenantClaim, MAX_TENANT_CHARS);
  if (value === null || tenants === undefined) return value;
  return Object.hasOwn(tenants, value) ? (tenants[value] ?? null) : null;
}
