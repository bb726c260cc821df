/** A tenant as the data plane needs it, resolved once per key. */
export interface TenantProfile {
  readonly id: string;
  /** Share of contended capacity relative to other tenants. */
  readonly weight: number;
  readonly tier: string;
  readonly tags: readonly string[];
  readonly limits: {
    readonly requestsPerMinute?: number;
    readonly tokensPerMinute?: number;
    readonly concurrency?: number;
  };
  /** Model ids this tenant may use; `null` means all. In a principal no more than its key may use. */
  readonly models: readonly string[] | null;
  /** `keep: false`: nothing that is said is kept with traces, whatever the policy says. */
  readonly payloads?: { readonly keep?: boolean };
}

/** Who is calling the data plane: one API key acting for one tenant. */
export interface Principal {
  readonly tenant: TenantProfile;
  readonly keyId: string;
  readonly keyName: string;
  readonly scopes: readonly string[];
  /** Of the key itself, beside those of its tenant; absent: none. */
  readonly keyLimits?: { readonly requestsPerMinute?: number; readonly tokensPerMinute?: number };
  /** What the key confines itself to; its tenant's models are those of both already. Absent: whatever the tenant may use. */
  readonly keyModels?: readonly string[];
}
