import type { CreateTenant, PageQuery, TenantPage, TenantView } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result, type TenantProfile } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ConfigTenants } from './config-tenants';
import { idAfter, idPage } from './domain/id-page';
import { TenantEntity } from './persistence/tenant.entity';
import { AWAY } from './read-through-cache';
import { TenantDirectory } from './tenant-directory';

@Injectable()
export class TenantService {
  constructor(
    @InjectRepository(TenantEntity) private readonly tenants: Repository<TenantEntity>,
    private readonly configured: ConfigTenants,
    private readonly directory: TenantDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Tenants in order of their ids; `scope` confines the list to one of them. */
  async list(query: PageQuery, scope: string | null): Promise<Result<TenantPage, RelayError>> {
    const after = idAfter(query.cursor);
    if (after instanceof RelayError) return err(after);
    const inMemory = this.configured.list().filter((tenant) => tenant.id > after);
    const stored = await this.storedAfter(after, query.limit + 1 + inMemory.length, scope);
    const views = [...inMemory.map(viewOfProfile), ...stored.map(viewOfEntity)];
    return ok(
      idPage(
        views.filter((view) => scope === null || view.id === scope),
        query.limit,
      ),
    );
  }

  /** What the data plane knows of a tenant; `null` if there is none. */
  async profile(id: string): Promise<Result<TenantProfile | null, RelayError>> {
    const found = await this.directory.get(id);
    if (found === AWAY)
      return err(new RelayError('unavailable', 'Tenants cannot be read at the moment.', { retryAfterSeconds: 1 }));
    return ok(found);
  }

  async create(tenant: CreateTenant): Promise<Result<TenantView, RelayError>> {
    if (this.configured.tenant(tenant.id)) return err(taken(tenant.id));
    const row = this.tenants.create({
      ...tenant,
      name: tenant.name ?? tenant.id,
      createdAt: new Date(this.clock.now()),
      disabledAt: null,
    });
    const inserted = await this.tenants.createQueryBuilder().insert().values(row).orIgnore().returning('id').execute();
    if (!Array.isArray(inserted.raw) || inserted.raw.length === 0) return err(taken(tenant.id));
    this.directory.drop(tenant.id);
    return ok(viewOfEntity(row));
  }

  /** At most `limit` rows that no tenant of relay.yaml hides. */
  private async storedAfter(after: string, limit: number, scope: string | null): Promise<TenantEntity[]> {
    const select = this.tenants
      .createQueryBuilder('tenant')
      .where('tenant.id collate "C" > :after and tenant.disabledAt is null', { after })
      .orderBy('tenant.id collate "C"')
      .limit(limit);
    if (scope !== null) select.andWhere('tenant.id = :scope', { scope });
    const rows = await select.getMany();
    return rows.filter((row) => !this.configured.tenant(row.id));
  }
}

function taken(id: string): RelayError {
  return new RelayError('conflict', `There is a tenant "${id}" already.`, { param: 'id' });
}

function viewOfProfile({ id, weight, tier, tags, models, limits }: TenantProfile): TenantView {
  return {
    id,
    name: id,
    weight,
    tier,
    tags: [...tags],
    models: models && [...models],
    limits,
    source: 'config',
    createdAt: null,
  };
}

function viewOfEntity({ id, name, weight, tier, tags, models, limits, createdAt }: TenantEntity): TenantView {
  return { id, name, weight, tier, tags, models, limits, source: 'database', createdAt: createdAt.toISOString() };
}
