import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, RelayError, type Clock, type Principal } from '@relay/core';
import { ConfigTenants } from './config-tenants';
import { actingFor, isExpired, mayActAs, mayInfer } from './domain/principal';
import { KeyDirectory } from './key-directory';
import { AWAY } from './read-through-cache';
import { TenantDirectory } from './tenant-directory';

/** Who a key stands for, for work that goes on when the request that ordered it is over. The key itself is not kept anywhere. */
@Injectable()
export class Principals {
  constructor(
    private readonly configured: ConfigTenants,
    private readonly keys: KeyDirectory,
    private readonly tenants: TenantDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The principal as it is now, working for this tenant; null if the key was revoked, has expired or may not any more. Rejects with
   * `unavailable` when the database is away.
   */
  async byKeyId(keyId: string, tenantId: string): Promise<Principal | null> {
    const key = this.configured.keyById(keyId) ?? (await this.keys.byId(keyId));
    if (!key || isExpired(key, this.clock.now()) || !mayInfer(key.principal)) return null;
    if (key.principal.tenant.id === tenantId) return key.principal;
    if (!mayActAs(key.principal)) return null;
    const tenant = await this.tenants.get(tenantId);
    if (tenant === AWAY) throw new RelayError('unavailable', 'The tenant cannot be looked up at the moment.');
    return tenant && actingFor(key.principal, tenant);
  }
}
