import { type AuthenticatedUser, maySeeTenant, TenantService } from '@relay/auth';
import { RelayError, type TenantProfile } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { unwrap } from '../http/unwrap';

/** Lets a user through to a tenant. For a tenant-admin other tenants do not exist. */
@Injectable()
export class TenantGate {
  constructor(private readonly tenants: TenantService) {}

  async enter(user: AuthenticatedUser, tenantId: string, param: string): Promise<TenantProfile> {
    const tenant = maySeeTenant(user, tenantId) ? await unwrap(this.tenants.profile(tenantId)) : null;
    if (tenant === null) throw new RelayError('not_found', 'There is no such tenant.', { param });
    return tenant;
  }
}
