import type { TenantView } from '@relay/contracts';
import type { TenantProfile } from '@relay/core';
import type { TenantEntity } from './persistence/tenant.entity';

/** A tenant of relay.yaml. */
export function viewOfProfile({ id, weight, tier, tags, models, limits, payloads = {} }: TenantProfile): TenantView {
  return {
    id,
    name: id,
    weight,
    tier,
    tags: [...tags],
    models: models && [...models],
    limits,
    payloads,
    source: 'config',
    createdAt: null,
    disabledAt: null,
  };
}

/** A tenant of the database. */
export function viewOfTenant(row: TenantEntity): TenantView {
  const { id, name, weight, tier, tags, models, limits, payloads, createdAt, disabledAt } = row;
  const times = { createdAt: createdAt.toISOString(), disabledAt: disabledAt?.toISOString() ?? null };
  return { id, name, weight, tier, tags, models, limits, payloads, source: 'database', ...times };
}
