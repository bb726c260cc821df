import {
  type ApiKeyView,
  apiKeyPageSchema,
  type AuditPage,
  auditPageSchema,
  type AuditVerification,
  auditVerificationSchema,
  type CreateApiKey,
  type CreatedApiKey,
  createdApiKeySchema,
  type CreateTenant,
  type RotateApiKey,
  tenantPageSchema,
  type TenantView,
  tenantViewSchema,
  type UpdateTenant,
} from '@relay/contracts';
import { type Query, queryText } from './query-text';
import { RelayClient, type RemoteOptions } from './relay-client';

const TENANTS = '/api/tenants';
const PAGE = '200'; // items a call
const MAX_LISTED = 100_000; // of one list: what a person, or a script, does with more is a mistake

interface Page<T> {
  readonly data: T[];
  readonly nextCursor: string | null;
}

/** Tenants, keys and the audit log of a running relay. */
export class RemoteIdentity {
  private constructor(private readonly client: RelayClient) {}

  static async connect(options: RemoteOptions): Promise<RemoteIdentity> {
    return new RemoteIdentity(await RelayClient.connect(options));
  }

  tenants(query: Query): Promise<TenantView[]> {
    return gather((paging) => this.client.get(`${TENANTS}${queryText({ ...query, ...paging })}`, tenantPageSchema));
  }

  tenant(id: string): Promise<TenantView> {
    return this.client.get(tenantRoute(id), tenantViewSchema);
  }

  createTenant(tenant: Partial<CreateTenant>): Promise<TenantView> {
    return this.client.post(TENANTS, tenant, tenantViewSchema);
  }

  updateTenant(id: string, change: UpdateTenant): Promise<TenantView> {
    return this.client.patch(tenantRoute(id), change, tenantViewSchema);
  }

  disableTenant(id: string): Promise<void> {
    return this.client.delete(tenantRoute(id));
  }

  keys(tenant: string): Promise<ApiKeyView[]> {
    return gather((paging) => this.client.get(`${tenantRoute(tenant)}/keys${queryText(paging)}`, apiKeyPageSchema));
  }

  createKey(tenant: string, key: Partial<CreateApiKey>): Promise<CreatedApiKey> {
    return this.client.post(`${tenantRoute(tenant)}/keys`, key, createdApiKeySchema);
  }

  rotateKey(tenant: string, key: string, how: Partial<RotateApiKey>): Promise<CreatedApiKey> {
    return this.client.post(`${keyRoute(tenant, key)}/rotate`, how, createdApiKeySchema);
  }

  revokeKey(tenant: string, key: string): Promise<void> {
    return this.client.delete(keyRoute(tenant, key));
  }

  verifyAudit(head: string | undefined): Promise<AuditVerification> {
    return this.client.get(`/api/audit/verify${queryText({ head })}`, auditVerificationSchema);
  }

  /** Page by page, newest first, so that a long log is never held whole. */
  async *audit(query: Query): AsyncGenerator<AuditPage['data']> {
    let cursor: string | null | undefined;
    do {
      const route = `/api/audit${queryText({ ...query, limit: PAGE, cursor })}`;
      const page: AuditPage = await this.client.get(route, auditPageSchema);
      yield page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}

const tenantRoute = (id: string): string => `${TENANTS}/${encodeURIComponent(id)}`;
const keyRoute = (tenant: string, key: string): string => `${tenantRoute(tenant)}/keys/${encodeURIComponent(key)}`;

async function gather<T>(read: (paging: Query) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page: Page<T> = await read({ limit: PAGE, cursor });
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < MAX_LISTED);
  return all;
}
