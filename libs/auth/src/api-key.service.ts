import { randomBytes } from 'node:crypto';
import type {
  ApiKeyPage,
  ApiKeyView,
  CreateApiKey,
  CreatedApiKey,
  PageQuery,
  RotateApiKey,
  UpdateApiKey,
} from '@relay/contracts';
import { CLOCK, type Clock, err, newTraceId, ok, RelayError, type Result, isUuid } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, MoreThan, Repository } from 'typeorm';
import { viewOfConfigKey, viewOfKey } from './api-key-view';
import { AuditLog } from './audit/audit-log';
import type { Actor } from './audit/chain';
import { changedFields } from './audit/changed-fields';
import { IdentityChanges } from './changes/identity-changes';
import { ConfigTenants } from './config-tenants';
import { API_KEY_BYTES, apiKeyPrefix, formatApiKey, hashApiKey } from './domain/api-key';
import { idAfter, idPage } from './domain/id-page';
import { endedKey, expiryOfSuccessor } from './domain/key-life';
import { ApiKeyEntity } from './persistence/api-key.entity';
import { TenantEntity } from './persistence/tenant.entity';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';
const MS_PER_SECOND = 1_000;
/** Keys of one tenant that are not revoked, so that nobody who may make keys fills the table. */
const MAX_LIVE_KEYS = 1_000;

type KeyChange<T> = (row: ApiKeyEntity, transaction: EntityManager) => Promise<Result<T, RelayError>>;

/** The keys of one tenant. That the caller may see the tenant, and give what he gives, has been checked before. */
@Injectable()
export class ApiKeyService {
  constructor(
    @InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>,
    private readonly configured: ConfigTenants,
    private readonly changes: IdentityChanges,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keys in order of their ids, which is that of their creation; those of relay.yaml come last. */
  async list(tenantId: string, query: PageQuery): Promise<Result<ApiKeyPage, RelayError>> {
    const after = idAfter(query.cursor);
    if (after instanceof RelayError) return err(after);
    const inMemory = this.configured.keysOf(tenantId).filter((key) => key.id > after);
    const stored = await this.storedAfter(tenantId, after, query.limit + 1);
    const views = [...inMemory.map((key) => viewOfConfigKey(tenantId, key)), ...stored.map(viewOfKey)];
    return ok(idPage(views, query.limit));
  }

  /** A key that can be changed here: one of the database. */
  async get(tenantId: string, keyId: string): Promise<Result<ApiKeyView, RelayError>> {
    if (this.isConfigured(tenantId, keyId)) return err(managedByFile());
    const row = isUuid(keyId) ? await this.keys.findOneBy({ id: keyId, tenantId }) : null;
    return row ? ok(viewOfKey(row)) : err(notFound());
  }

  /** Makes a key; the reply is the only place where it can ever be read. The tenant must exist. */
  async create(
    tenantId: string,
    request: CreateApiKey,
    actor: Actor = null,
    key = generateApiKey(),
  ): Promise<CreatedApiKey> {
    const row = this.rowOf(tenantId, request, key);
    await this.keys.manager.transaction(async (transaction) => {
      if (this.configured.tenant(tenantId)) await this.ensureRow(tenantId, transaction);
      await transaction.insert(ApiKeyEntity, row);
      await this.tell(actor, 'key.create', row, factsOf(row), transaction);
    });
    return { ...viewOfKey(row), key };
  }

  /** Changes what is named, everywhere at once. A key that has ended stays as it is. */
  update(
    tenantId: string,
    keyId: string,
    { expiresAt, ...fields }: UpdateApiKey,
    actor: Actor,
  ): Promise<Result<ApiKeyView, RelayError>> {
    return this.change(tenantId, keyId, async (row, transaction) => {
      const ended = endedKey(row, expiresAt !== undefined);
      if (ended) return err(ended);
      const before = factsOf(row);
      Object.assign(row, fields, expiresAt === undefined ? {} : { expiresAt: dateOf(expiresAt) });
      const changed = changedFields(before, factsOf(row));
      if (Object.keys(changed).length > 0) {
        await transaction.save(row);
        await this.tell(actor, 'key.update', row, changed, transaction);
      }
      return ok(viewOfKey(row));
    });
  }

  /** A new key with the same rights; the old one goes on for the overlap, or until it would have ended, if that is sooner. */
  rotate(
    tenantId: string,
    keyId: string,
    { overlapSeconds, expiresAt }: RotateApiKey,
    actor: Actor,
  ): Promise<Result<CreatedApiKey, RelayError>> {
    return this.change(tenantId, keyId, async (row, transaction) => {
      const ended = endedKey(row, true, this.clock.now());
      if (ended) return err(ended);
      const now = this.clock.now();
      const key = generateApiKey();
      const next = this.rowOf(tenantId, { ...factsOf(row), expiresAt: expiresAt ?? null }, key);
      if (expiresAt === undefined) next.expiresAt = expiryOfSuccessor(row, now);
      await transaction.insert(ApiKeyEntity, next);
      const end = now + overlapSeconds * MS_PER_SECOND;
      row.expiresAt = new Date(Math.min(end, row.expiresAt?.getTime() ?? end));
      row.rotatedTo = next.id;
      await transaction.save(row);
      const detail = { rotatedTo: next.id, endsAt: row.expiresAt.toISOString() };
      await this.tell(actor, 'key.rotate', row, detail, transaction);
      return ok({ ...viewOfKey(next), key });
    });
  }

  /** Revokes a key, everywhere at once. Revoking twice is no error. */
  revoke(tenantId: string, keyId: string, actor: Actor = null): Promise<Result<void, RelayError>> {
    return this.change(tenantId, keyId, async (row, transaction) => {
      if (row.revokedAt !== null) return ok(undefined);
      row.revokedAt = new Date(this.clock.now());
      await transaction.save(row);
      await this.tell(actor, 'key.revoke', row, {}, transaction);
      return ok(undefined);
    });
  }

  /** Refuses where the tenant has as many keys in service as it may have. */
  async refuseMore(tenantId: string): Promise<RelayError | null> {
    const held = { tenantId, revokedAt: IsNull() };
    const live = await this.keys.countBy([
      { ...held, expiresAt: IsNull() },
      { ...held, expiresAt: MoreThan(new Date(this.clock.now())) },
    ]);
    if (live < MAX_LIVE_KEYS) return null;
    const message = `The tenant has ${live} keys in service; allowed: ${MAX_LIVE_KEYS}. Revoke some first.`;
    return new RelayError('conflict', message, { param: 'id' });
  }

  /** Whether the tenant has, or ever had, a key in the database. */
  everHadKey(tenantId: string): Promise<boolean> {
    return this.keys.existsBy({ tenantId });
  }

  /** Whether this very key is stored and not revoked. */
  isLive(key: string): Promise<boolean> {
    return this.keys.existsBy({ hash: Buffer.from(hashApiKey(key), 'hex'), revokedAt: IsNull() });
  }

  /** One change of one key at a time, over all processes. */
  private async change<T>(tenantId: string, keyId: string, change: KeyChange<T>): Promise<Result<T, RelayError>> {
    if (this.isConfigured(tenantId, keyId)) return err(managedByFile());
    if (!isUuid(keyId)) return err(notFound());
    const result = await this.keys.manager.transaction(async (transaction) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await transaction.findOne(ApiKeyEntity, { where: { id: keyId, tenantId }, lock });
      return row ? change(row, transaction) : err(notFound());
    });
    if (result.ok) await this.changes.announce({ kind: 'key', id: keyId });
    return result;
  }

  private rowOf(tenantId: string, request: CreateApiKey, key: string): ApiKeyEntity {
    const now = this.clock.now();
    const { name, scopes, models = null, limits = {}, expiresAt } = request;
    const secret = { prefix: apiKeyPrefix(key), hash: Buffer.from(hashApiKey(key), 'hex') };
    const life = { createdAt: new Date(now), expiresAt: dateOf(expiresAt) };
    const later = { revokedAt: null, rotatedTo: null, lastUsedAt: null };
    return this.keys.create({
      id: newTraceId(now),
      tenantId,
      name,
      scopes,
      models,
      limits,
      ...secret,
      ...life,
      ...later,
    });
  }

  private isConfigured(tenantId: string, keyId: string): boolean {
    return this.configured.keysOf(tenantId).some((key) => key.id === keyId);
  }

  private async tell(
    actor: Actor,
    action: string,
    { id, tenantId, name }: ApiKeyEntity,
    detail: Readonly<Record<string, unknown>>,
    transaction: EntityManager,
  ): Promise<void> {
    const entry = { action, target: id, detail: { tenant: tenantId, key: name, ...detail } };
    if (actor !== null) await this.audit.append({ actor, ...entry }, transaction);
  }

  private async storedAfter(tenantId: string, after: string, limit: number): Promise<ApiKeyEntity[]> {
    const id = after === '' ? FIRST_UUID : after;
    if (!isUuid(id)) return []; // the page before ended among the keys of relay.yaml
    return this.keys.find({ where: { tenantId, id: MoreThan(id) }, order: { id: 'ASC' }, take: limit });
  }

  /**
   * A stored key refers to a stored tenant. That of relay.yaml gets a disabled row: once it is gone from relay.yaml, its
   * stored keys stop working with it.
   */
  private async ensureRow(id: string, transaction: EntityManager): Promise<void> {
    const at = new Date(this.clock.now());
    const row = transaction.create(TenantEntity, { id, name: id, createdAt: at, disabledAt: at });
    await transaction.createQueryBuilder().insert().into(TenantEntity).values(row).orIgnore().execute();
  }
}

export function generateApiKey(): string {
  return formatApiKey(randomBytes(API_KEY_BYTES));
}

const dateOf = (time: string | null): Date | null => (time === null ? null : new Date(time));

/** What can be changed of a key, and what another takes over. */
function factsOf({ name, scopes, models, limits, expiresAt }: ApiKeyEntity): Required<UpdateApiKey> {
  return {
    name,
    scopes: scopes as UpdateApiKey['scopes'] & object,
    models,
    limits,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

function notFound(): RelayError {
  return new RelayError('not_found', 'There is no such API key.', { param: 'keyId' });
}

function managedByFile(): RelayError {
  const message = 'This key comes from relay.yaml. Change or remove it there, under tenants[].keys.';
  return new RelayError('conflict', message, { param: 'keyId' });
}
