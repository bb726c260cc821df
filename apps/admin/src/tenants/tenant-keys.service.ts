import { ApiKeyService, type AuthenticatedUser } from '@relay/auth';
import type { ApiKeyPage, CreateApiKey, CreatedApiKey, PageQuery } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { unwrap } from '../http/unwrap';
import { TenantGate } from './tenant-gate';

/** The keys of a tenant, as far as a user may manage them. */
@Injectable()
export class TenantKeysService {
  constructor(
    private readonly gate: TenantGate,
    private readonly keys: ApiKeyService,
  ) {}

  async list(user: AuthenticatedUser, tenantId: string, query: PageQuery): Promise<ApiKeyPage> {
    await this.gate.enter(user, tenantId, 'id');
    return unwrap(this.keys.list(tenantId, query));
  }

  /** Whoever is confined to one tenant cannot make a key that is not. */
  async create(user: AuthenticatedUser, tenantId: string, request: CreateApiKey): Promise<CreatedApiKey> {
    await this.gate.enter(user, tenantId, 'id');
    if (user.role === 'tenant-admin' && request.scopes.includes('tenant:act-as')) {
      throw new RelayError('forbidden', 'A tenant-admin may not give the scope "tenant:act-as".', { param: 'scopes' });
    }
    return this.keys.create(tenantId, request);
  }

  async revoke(user: AuthenticatedUser, tenantId: string, keyId: string): Promise<void> {
    await this.gate.enter(user, tenantId, 'id');
    await unwrap(this.keys.revoke(tenantId, keyId));
  }
}
