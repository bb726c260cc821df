import { CLOCK, type Clock, isUuid } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { ConfigTenants } from './config-tenants';
import type { IdentityChange } from './changes/identity-change';
import { IdentityChanges } from './changes/identity-changes';
import { resolveKey, type ResolvedKey } from './domain/principal';
import { ApiKeyEntity } from './persistence/api-key.entity';
import { type Lookup, ReadThroughCache } from './read-through-cache';
import { profileOf } from './tenant-directory';

/** API keys of the database by their hash, in front of it a short memory. */
@Injectable()
export class KeyDirectory {
  private readonly cache: ReadThroughCache<ResolvedKey>;

  constructor(
    private readonly configured: ConfigTenants,
    @InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>,
    changes: IdentityChanges,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.cache = new ReadThroughCache('API keys', (hash) => this.load(hash), clock);
    configured.onChange(() => this.cache.clear()); // a remembered key holds its tenant's profile
    changes.listen({ changed: (change) => this.forget(change), missed: () => this.cache.expire() });
  }

  get(hash: string): Lookup<ResolvedKey> | Promise<Lookup<ResolvedKey>> {
    return this.cache.get(hash);
  }

  /** Straight from the database. Rejects when it is away. */
  async byId(id: string): Promise<ResolvedKey | null> {
    if (!isUuid(id)) return null;
    const row = await this.keys.findOne({ where: { id, revokedAt: IsNull() }, relations: { tenant: true } });
    return row && this.resolve(row);
  }

  private forget({ kind, id }: IdentityChange): void {
    if (kind === 'key') this.cache.dropWhere(({ principal }) => principal.keyId === id);
    if (kind === 'tenant') this.cache.dropWhere(({ principal }) => principal.tenant.id === id);
  }

  private async load(hash: string): Promise<ResolvedKey | null> {
    const where = { hash: Buffer.from(hash, 'hex'), revokedAt: IsNull() };
    const row = await this.keys.findOne({ where, relations: { tenant: true } });
    return row && this.resolve(row);
  }

  private resolve(row: ApiKeyEntity): ResolvedKey | null {
    const stored = row.tenant && row.tenant.disabledAt === null ? profileOf(row.tenant) : undefined;
    const tenant = this.configured.tenant(row.tenantId) ?? stored;
    if (!tenant) return null;
    return resolveKey(tenant, { ...row, expiresAt: row.expiresAt?.getTime() ?? null });
  }
}
