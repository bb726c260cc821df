import { z } from 'zod';

const tenantIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/,
    'letters, digits and ". _ : / -", at most 128, starting with a letter or digit',
  );
const positiveInt = z.int().positive();

export const apiKeyScopeSchema = z.enum(['inference', 'tenant:act-as']);

export const tenantLimitsSchema = z.strictObject({
  requestsPerMinute: positiveInt.optional(),
  tokensPerMinute: positiveInt.optional(),
  concurrency: positiveInt.optional(),
});

/** `source` tells whether a tenant or key comes from relay.yaml, where it cannot be changed over HTTP, or from the database. */
const sourceSchema = z.enum(['config', 'database']);

export const tenantViewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    weight: z.number(),
    tier: z.string(),
    tags: z.array(z.string()),
    models: z.array(z.string()).nullable(), // null: all
    limits: tenantLimitsSchema,
    source: sourceSchema,
    createdAt: z.string().nullable(), // ISO 8601; null for tenants of relay.yaml
  })
  .meta({ id: 'Tenant' });

export const createTenantSchema = z
  .strictObject({
    id: tenantIdSchema,
    name: z.string().min(1).max(128).optional(), // default: the id
    weight: z.number().positive().max(1_000).default(1),
    tier: z.string().min(1).max(64).default('standard'),
    tags: z.array(z.string().min(1).max(64)).max(32).default([]),
    models: z.array(z.string().min(1).max(128)).max(1_000).nullable().default(null),
    limits: tenantLimitsSchema.default({}),
  })
  .meta({ id: 'CreateTenant' });

/** A key after its creation: its prefix is all that can still be seen of it. */
export const apiKeyViewSchema = z
  .object({
    id: z.string(),
    tenant: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.string()),
    source: sourceSchema,
    createdAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(), // written down in batches, so up to half a minute old; null for keys of relay.yaml
  })
  .meta({ id: 'ApiKey' });

export const createApiKeySchema = z
  .strictObject({
    name: z.string().min(1).max(64),
    scopes: z.array(apiKeyScopeSchema).min(1).default(['inference']),
    expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
  })
  .meta({ id: 'CreateApiKey' });

export const createdApiKeySchema = apiKeyViewSchema
  .extend({ key: z.string() }) // the key itself: in this reply and never again
  .meta({ id: 'CreatedApiKey' });

/** Query of plain lists. The cursor is opaque and comes from the page before. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
});

export const tenantPageSchema = z
  .object({ data: z.array(tenantViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'TenantPage' });

export const apiKeyPageSchema = z
  .object({ data: z.array(apiKeyViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'ApiKeyPage' });

export type TenantView = z.infer<typeof tenantViewSchema>;
export type TenantPage = z.infer<typeof tenantPageSchema>;
export type CreateTenant = z.infer<typeof createTenantSchema>;
export type ApiKeyView = z.infer<typeof apiKeyViewSchema>;
export type ApiKeyPage = z.infer<typeof apiKeyPageSchema>;
export type CreateApiKey = z.infer<typeof createApiKeySchema>;
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;
export type PageQuery = z.infer<typeof pageQuerySchema>;
