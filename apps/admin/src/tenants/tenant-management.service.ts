import { type AuthenticatedUser, maySeeTenant, tenantScope, TenantService } from '@relay/auth';
import type { CreateTenant, TenantPage, TenantQuery, TenantView, UpdateTenant } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { found, unwrap } from '../http/unwrap';

/** Tenants, as far as a user may see and change them. */
@Injectable()
export class TenantManagement {
  constructor(private readonly tenants: TenantService) {}

  list(user: AuthenticatedUser, query: TenantQuery): Promise<TenantPage> {
    return unwrap(this.tenants.list(query, tenantScope(user)));
  }

  get(user: AuthenticatedUser, id: string): Promise<TenantView> {
    return found(maySeeTenant(user, id) ? this.tenants.get(id) : Promise.resolve(null), 'tenant');
  }

  create(user: AuthenticatedUser, tenant: CreateTenant): Promise<TenantView> {
    return unwrap(this.tenants.create(tenant, user));
  }

  async update(user: AuthenticatedUser, id: string, change: UpdateTenant): Promise<TenantView> {
    if (change.disabled !== undefined && user.role !== 'owner') {
      throw new RelayError('forbidden', 'Only an owner may disable or enable a tenant.', { param: 'disabled' });
    }
    return unwrap(this.tenants.update(id, change, user));
  }

  async disable(user: AuthenticatedUser, id: string): Promise<void> {
    await unwrap(this.tenants.update(id, { disabled: true }, user));
  }
}
