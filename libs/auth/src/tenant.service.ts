import type { CreateTenant, TenantPage, TenantQuery, TenantView, UpdateTenant } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result, type TenantProfile } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from './audit/audit-log';
import type { Actor } from './audit/chain';
import { changedFields } from './audit/changed-fields';
import { IdentityChanges } from './changes/identity-changes';
import { ConfigTenants } from './config-tenants';
import { idAfter, idPage } from './domain/id-page';
import { TenantEntity } from './persistence/tenant.entity';
import { AWAY } from './read-through-cache';
import { TenantDirectory } from './tenant-directory';
import { isNamed, NAMES_SQL, wordsOf } from './tenant-search';
import { viewOfProfile, viewOfTenant } from './tenant-view';

/** Tenants of relay.yaml, which are changed there, and of the database. Who may do what has been checked before. */
@Injectable()
export class TenantService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly configured: ConfigTenants,
    private readonly directory: TenantDirectory,
    private readonly changes: IdentityChanges,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Tenants in order of their ids; `scope` confines the list to one of them. */
  async list(query: TenantQuery, scope: string | null): Promise<Result<TenantPage, RelayError>> {
    const after = idAfter(query.cursor);
    if (after instanceof RelayError) return err(after);
    const words = wordsOf(query.q);
    const configured = query.status === 'disabled' ? [] : this.configured.list();
    const inMemory = configured.filter((tenant) => tenant.id > after && isNamed(viewOfProfile(tenant), words));
    const stored = await this.storedAfter(after, query.limit + 1 + configured.length, { ...query, words }, scope);
    const views = [...inMemory.map(viewOfProfile), ...stored.map(viewOfTenant)];
    return ok(
      idPage(
        views.filter((view) => scope === null || view.id === scope),
        query.limit,
      ),
    );
  }

  /** One of them, disabled or not; `null` if there is none. Within a transaction it has to be asked in that. */
  async get(id: string, manager = this.dataSource.manager): Promise<TenantView | null> {
    const configured = this.configured.tenant(id);
    if (configured) return viewOfProfile(configured);
    const row = await manager.findOneBy(TenantEntity, { id });
    return row && viewOfTenant(row);
  }

  /** What the data plane knows of a tenant; `null` if there is none, or if it is disabled. */
  async profile(id: string): Promise<Result<TenantProfile | null, RelayError>> {
    const found = await this.directory.get(id);
    if (found === AWAY)
      return err(new RelayError('unavailable', 'Tenants cannot be read at the moment.', { retryAfterSeconds: 1 }));
    return ok(found);
  }

  async create(tenant: CreateTenant, actor: Actor = null): Promise<Result<TenantView, RelayError>> {
    if (this.configured.tenant(tenant.id)) return err(taken(tenant.id));
    const at = { createdAt: new Date(this.clock.now()), disabledAt: null };
    const created = await this.dataSource.transaction(async (transaction) => {
      const row = transaction.create(TenantEntity, {
        ...tenant,
        name: tenant.name ?? tenant.id,
        payloads: tenant.payloads ?? {},
        ...at,
      });
      const insert = transaction.createQueryBuilder().insert().into(TenantEntity).values(row).orIgnore();
      const inserted = await insert.returning('id').execute();
      if (!Array.isArray(inserted.raw) || inserted.raw.length === 0) return null;
      const { id, ...fields } = tenant;
      await this.tell(actor, 'tenant.create', id, fields, transaction);
      return viewOfTenant(row);
    });
    if (created === null) return err(taken(tenant.id));
    await this.changes.announce({ kind: 'tenant', id: tenant.id });
    return ok(created);
  }

  /** Changes what is named. A tenant that is disabled keeps its keys and its data, and its keys are refused everywhere at once. */
  async update(id: string, change: UpdateTenant, actor: Actor): Promise<Result<TenantView, RelayError>> {
    if (this.configured.tenant(id)) return err(managedByFile(id));
    const updated = await this.dataSource.transaction(async (transaction) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await transaction.findOne(TenantEntity, { where: { id }, lock });
      return row && this.apply(row, change, actor, transaction);
    });
    if (updated === null) return err(new RelayError('not_found', 'There is no such tenant.', { param: 'id' }));
    await this.changes.announce({ kind: 'tenant', id });
    return ok(updated);
  }

  private async apply(
    row: TenantEntity,
    { disabled, ...fields }: UpdateTenant,
    actor: Actor,
    transaction: EntityManager,
  ): Promise<TenantView> {
    const before = viewOfTenant(row);
    Object.assign(row, fields);
    if (disabled !== undefined) row.disabledAt = disabled ? (row.disabledAt ?? new Date(this.clock.now())) : null;
    const after = viewOfTenant(row);
    const changed = changedFields(before, after);
    if (Object.keys(changed).length === 0) return after;
    await transaction.save(row);
    const turned = 'disabledAt' in changed;
    const action = !turned ? 'tenant.update' : row.disabledAt === null ? 'tenant.enable' : 'tenant.disable';
    await this.tell(actor, action, row.id, changed, transaction);
    return after;
  }

  private async tell(
    actor: Actor,
    action: string,
    target: string,
    detail: Readonly<Record<string, unknown>>,
    transaction: EntityManager,
  ): Promise<void> {
    if (actor !== null) await this.audit.append({ actor, action, target, detail }, transaction);
  }

  /** At most `limit` rows that no tenant of relay.yaml hides. */
  private async storedAfter(
    after: string,
    limit: number,
    { status, words }: Pick<TenantQuery, 'status'> & { readonly words: readonly string[] },
    scope: string | null,
  ): Promise<TenantEntity[]> {
    const select = this.dataSource.manager
      .createQueryBuilder(TenantEntity, 'tenant')
      .where('tenant.id collate "C" > :after', { after })
      .orderBy('tenant.id collate "C"')
      .limit(limit);
    if (status !== 'all') select.andWhere(`tenant.disabledAt is ${status === 'active' ? '' : 'not '}null`);
    if (scope !== null) select.andWhere('tenant.id = :scope', { scope });
    words.forEach((word, n) => select.andWhere(`position(:word${n} in ${NAMES_SQL}) > 0`, { [`word${n}`]: word }));
    const rows = await select.getMany();
    return rows.filter((row) => !this.configured.tenant(row.id));
  }
}

function taken(id: string): RelayError {
  return new RelayError('conflict', `There is a tenant "${id}" already.`, { param: 'id' });
}

function managedByFile(id: string): RelayError {
  const message = `The tenant "${id}" comes from relay.yaml. Change it there, under tenants; POST /api/config/reload applies the change.`;
  return new RelayError('conflict', message, { param: 'id' });
}
