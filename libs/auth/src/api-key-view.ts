import type { ApiKeyView } from '@relay/contracts';
import type { ConfigKey } from './config-tenants';
import type { ApiKeyEntity } from './persistence/api-key.entity';

/** A key of relay.yaml. */
export function viewOfConfigKey(tenant: string, key: ConfigKey): ApiKeyView {
  const { id, name, prefix, scopes, models, limits, expiresAt } = key;
  return {
    ...{ id, tenant, name, prefix, scopes: [...scopes], models: models && [...models], limits },
    source: 'config',
    createdAt: null,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    revokedAt: null,
    rotatedTo: null,
    lastUsedAt: null,
  };
}

/** A key of the database. */
export function viewOfKey(row: ApiKeyEntity): ApiKeyView {
  const { id, tenantId: tenant, name, prefix, scopes, models, limits, rotatedTo } = row;
  return {
    ...{ id, tenant, name, prefix, scopes, models, limits },
    source: 'database',
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    rotatedTo,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
