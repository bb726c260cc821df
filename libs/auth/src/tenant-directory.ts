import { CLOCK, type Clock, type TenantProfile } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { IdentityChanges } from './changes/identity-changes';
import { ConfigTenants } from './config-tenants';
import { TenantEntity } from './persistence/tenant.entity';
import { type Lookup, ReadThroughCache } from './read-through-cache';

/** Tenants by id: those of relay.yaml first, then those of the database. */
@Injectable()
export class TenantDirectory {
  private readonly cache: ReadThroughCache<TenantProfile>;

  constructor(
    private readonly configured: ConfigTenants,
    @InjectRepository(TenantEntity) tenants: Repository<TenantEntity>,
    changes: IdentityChanges,
    @Inject(CLOCK) clock: Clock,
  ) {
    const load = async (id: string): Promise<TenantProfile | null> => {
      const row = await tenants.findOneBy({ id, disabledAt: IsNull() });
      return row && profileOf(row);
    };
    this.cache = new ReadThroughCache('tenants', load, clock);
    changes.listen({
      changed: ({ kind, id }) => {
        if (kind === 'tenant') this.cache.drop(id);
      },
      missed: () => this.cache.expire(),
    });
  }

  get(id: string): Lookup<TenantProfile> | Promise<Lookup<TenantProfile>> {
    return this.configured.tenant(id) ?? this.cache.get(id);
  }
}

export function profileOf({ id, weight, tier, tags, limits, models, payloads }: TenantEntity): TenantProfile {
  return { id, weight, tier, tags, limits, models, payloads };
}
