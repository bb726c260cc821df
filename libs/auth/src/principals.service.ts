import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, RelayError, type Clock, type Principal, type TenantProfile } from '@relay/core';
import { BearerTokens } from './bearer/bearer-tokens.service';
import { ConfigTenants } from './config-tenants';
import { actingFor, isExpired, mayActAs, mayInfer, resolveKey } from './domain/principal';
import { KeyDirectory } from './key-directory';
import { AWAY } from './read-through-cache';
import { TenantDirectory } from './tenant-directory';
import { isSubjectId } from './tokens/subject-id';

/** Who a key stands for, for work that goes on when the request that ordered it is over. The key itself is not kept anywhere. */
@Injectable()
export class Principals {
  constructor(
    private readonly configured: ConfigTenants,
    private readonly keys: KeyDirectory,
    private readonly tenants: TenantDirectory,
    private readonly bearers: BearerTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The principal as it is now, working for this tenant; null if the key was revoked, has expired or may not any more. Rejects with
   * `unavailable` when the database is away.
   */
  async byKeyId(keyId: string, tenantId: string): Promise<Principal | null> {
    if (isSubjectId(keyId)) return this.bySubject(keyId, tenantId);
    const key = this.configured.keyById(keyId) ?? (await this.keys.byId(keyId));
    if (!key || isExpired(key, this.clock.now()) || !mayInfer(key.principal)) return null;
    if (key.principal.tenant.id === tenantId) return key.principal;
    if (!mayActAs(key.principal)) return null;
    const tenant = await this.tenant(tenantId);
    return tenant && actingFor(key.principal, tenant);
  }

  /** Somebody who ordered the work with a token: it may have expired, but those of its issuer still count. */
  private async bySubject(keyId: string, tenantId: string): Promise<Principal | null> {
    const key = this.bearers.withoutToken(keyId);
    const tenant = key && (await this.tenant(tenantId));
    return tenant && resolveKey(tenant, key).principal;
  }

  private async tenant(id: string): Promise<TenantProfile | null> {
    const tenant = await this.tenants.get(id);
    if (tenant === AWAY) throw new RelayError('unavailable', 'The tenant cannot be looked up at the moment.');
    return tenant;
  }
}
