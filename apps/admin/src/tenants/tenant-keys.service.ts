import { ApiKeyService, type AuthenticatedUser } from '@relay/auth';
import type {
  ApiKeyPage,
  ApiKeyView,
  CreateApiKey,
  CreatedApiKey,
  PageQuery,
  RotateApiKey,
  UpdateApiKey,
} from '@relay/contracts';
import type { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { unwrap } from '../http/unwrap';
import { refuseHold, refuseReach } from './key-reach';
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

  async create(user: AuthenticatedUser, tenantId: string, request: CreateApiKey): Promise<CreatedApiKey> {
    const tenant = await this.gate.enter(user, tenantId, 'id');
    check(refuseReach(user, tenant, request));
    check(await this.keys.refuseMore(tenantId));
    return this.keys.create(tenantId, request, user);
  }

  async update(user: AuthenticatedUser, tenantId: string, keyId: string, change: UpdateApiKey): Promise<ApiKeyView> {
    const tenant = await this.gate.enter(user, tenantId, 'id');
    check(refuseHold(user, await unwrap(this.keys.get(tenantId, keyId))));
    check(refuseReach(user, tenant, change));
    return unwrap(this.keys.update(tenantId, keyId, change, user));
  }

  async rotate(user: AuthenticatedUser, tenantId: string, keyId: string, how: RotateApiKey): Promise<CreatedApiKey> {
    await this.gate.enter(user, tenantId, 'id');
    check(refuseHold(user, await unwrap(this.keys.get(tenantId, keyId))));
    check(await this.keys.refuseMore(tenantId));
    return unwrap(this.keys.rotate(tenantId, keyId, how, user));
  }

  async revoke(user: AuthenticatedUser, tenantId: string, keyId: string): Promise<void> {
    await this.gate.enter(user, tenantId, 'id');
    await unwrap(this.keys.revoke(tenantId, keyId, user));
  }
}

function check(refusal: RelayError | null): void {
  if (refusal) throw refusal;
}
