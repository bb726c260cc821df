import { randomBytes } from 'node:crypto';
import type { ApiKeyPage, ApiKeyView, CreateApiKey, CreatedApiKey, PageQuery } from '@relay/contracts';
import { CLOCK, type Clock, err, newTraceId, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, Repository } from 'typeorm';
import { z } from 'zod';
import { type ConfigKey, ConfigTenants } from './config-tenants';
import { API_KEY_BYTES, apiKeyPrefix, formatApiKey, hashApiKey } from './domain/api-key';
import { idAfter, idPage } from './domain/id-page';
import { KeyDirectory } from './key-directory';
import { ApiKeyEntity } from './persistence/api-key.entity';
import { TenantEntity } from './persistence/tenant.entity';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';
const uuidSchema = z.uuid();

/** The keys of one tenant. That the caller may see the tenant has been checked before. */
@Injectable()
export class ApiKeyService {
  constructor(
    @InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>,
    @InjectRepository(TenantEntity) private readonly tenants: Repository<TenantEntity>,
    private readonly configured: ConfigTenants,
    private readonly directory: KeyDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keys in order of their ids, which is that of their creation; those of relay.yaml come last. */
  async list(tenantId: string, query: PageQuery): Promise<Result<ApiKeyPage, RelayError>> {
    const after = idAfter(query.cursor);
    if (after instanceof RelayError) return err(after);
    const inMemory = this.configured.keysOf(tenantId).filter((key) => key.id > after);
    const stored = await this.storedAfter(tenantId, after, query.limit + 1);
    const views = [...inMemory.map((key) => viewOfConfigKey(tenantId, key)), ...stored.map(viewOfEntity)];
    return ok(idPage(views, query.limit));
  }

  /** Makes a key; the reply is the only place where it can ever be read. The tenant must exist. */
  async create(tenantId: string, request: CreateApiKey, key = generateApiKey()): Promise<CreatedApiKey> {
    if (this.configured.tenant(tenantId)) await this.ensureRow(tenantId);
    const now = this.clock.now();
    const row = this.keys.create({
      id: newTraceId(now),
      tenantId,
      name: request.name,
      prefix: apiKeyPrefix(key),
      hash: Buffer.from(hashApiKey(key), 'hex'),
      scopes: request.scopes,
      expiresAt: request.expiresAt === null ? null : new Date(request.expiresAt),
      revokedAt: null,
      createdAt: new Date(now),
      lastUsedAt: null,
    });
    await this.keys.insert(row);
    return { ...viewOfEntity(row), key };
  }

  /** Revokes a key; at once in this process, within the memory of the directory in others. Revoking twice is no error. */
  async revoke(tenantId: string, keyId: string): Promise<Result<void, RelayError>> {
    if (this.configured.keysOf(tenantId).some((key) => key.id === keyId)) return err(managedByFile());
    const row = uuidSchema.safeParse(keyId).success ? await this.keys.findOneBy({ id: keyId, tenantId }) : null;
    if (!row) return err(new RelayError('not_found', 'There is no such API key.', { param: 'keyId' }));
    await this.keys.update({ id: keyId, revokedAt: IsNull() }, { revokedAt: new Date(this.clock.now()) });
    this.directory.drop(row.hash.toString('hex'));
    return ok(undefined);
  }

  /** Whether the tenant has, or ever had, a key in the database. */
  everHadKey(tenantId: string): Promise<boolean> {
    return this.keys.existsBy({ tenantId });
  }

  /** Whether this very key is stored and not revoked. */
  isLive(key: string): Promise<boolean> {
    return this.keys.existsBy({ hash: Buffer.from(hashApiKey(key), 'hex'), revokedAt: IsNull() });
  }

  private async storedAfter(tenantId: string, after: string, limit: number): Promise<ApiKeyEntity[]> {
    const id = after === '' ? FIRST_UUID : after;
    if (!uuidSchema.safeParse(id).success) return []; // the page before ended among the keys of relay.yaml
    return this.keys.find({ where: { tenantId, id: MoreThan(id) }, order: { id: 'ASC' }, take: limit });
  }

  /**
   * A stored key refers to a stored tenant. That of relay.yaml gets a disabled row: once it is gone from relay.yaml, its
   * stored keys stop working with it.
   */
  private async ensureRow(id: string): Promise<void> {
    const at = new Date(this.clock.now());
    const row = this.tenants.create({ id, name: id, createdAt: at, disabledAt: at });
    await this.tenants.createQueryBuilder().insert().values(row).orIgnore().execute();
  }
}

export function generateApiKey(): string {
  return formatApiKey(randomBytes(API_KEY_BYTES));
}

function managedByFile(): RelayError {
  return new RelayError('conflict', 'This key comes from relay.yaml; remove it there.', { param: 'keyId' });
}

function viewOfConfigKey(tenant: string, { id, name, prefix, scopes, expiresAt }: ConfigKey): ApiKeyView {
  return {
    id,
    tenant,
    name,
    prefix,
    scopes: [...scopes],
    source: 'config',
    createdAt: null,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
  };
}

function viewOfEntity(row: ApiKeyEntity): ApiKeyView {
  return {
    id: row.id,
    tenant: row.tenantId,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    source: 'database',
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
