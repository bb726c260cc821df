import { z } from 'zod';
import { shownText } from './storable-text';
import { timeSchema } from './time.schema';

const tenantIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/,
    'letters, digits and ". _ : / -", at most 128, starting with a letter or digit',
  );
/** Limits are kept as 32-bit numbers by some stores, and nobody needs more. */
const positiveInt = z.int().positive().max(2_147_483_647);
const modelsSchema = z.array(shownText(128)).max(1_000).nullable(); // null: all
const tagsSchema = z.array(shownText(64)).max(32);

export const apiKeyScopeSchema = z.enum(['inference', 'tenant:act-as']);

export const tenantLimitsSchema = z.strictObject({
  requestsPerMinute: positiveInt.optional(),
  tokensPerMinute: positiveInt.optional(),
  concurrency: positiveInt.optional(),
});

export const keyLimitsSchema = tenantLimitsSchema.omit({ concurrency: true });

/** `keep: false`: prompts and answers of the tenant are never kept, whatever the policy says. */
export const tenantPayloadsViewSchema = z.strictObject({ keep: z.boolean().optional() });

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
    payloads: tenantPayloadsViewSchema,
    source: sourceSchema,
    createdAt: z.string().nullable(), // ISO 8601; null for tenants of relay.yaml
    disabledAt: z.string().nullable(), // since then its keys are refused; its data stays
  })
  .meta({ id: 'Tenant' });

export const createTenantSchema = z
  .strictObject({
    id: tenantIdSchema,
    name: shownText(128).optional(), // default: the id
    weight: z.number().positive().max(1_000).default(1),
    tier: shownText(64).default('standard'),
    tags: tagsSchema.default([]),
    models: modelsSchema.default(null),
    limits: tenantLimitsSchema.default({}),
    payloads: tenantPayloadsViewSchema.optional(),
  })
  .meta({ id: 'CreateTenant' });

/** What is left out stays; what is named is replaced whole. */
export const updateTenantSchema = z
  .strictObject({
    name: shownText(128).optional(),
    weight: z.number().positive().max(1_000).optional(),
    tier: shownText(64).optional(),
    tags: tagsSchema.optional(),
    models: modelsSchema.optional(),
    limits: tenantLimitsSchema.optional(),
    payloads: tenantPayloadsViewSchema.optional(),
    disabled: z.boolean().optional(), // owners only
  })
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'UpdateTenant' });

/** A key after its creation: its prefix is all that can still be seen of it. */
export const apiKeyViewSchema = z
  .object({
    id: z.string(),
    tenant: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.string()),
    models: z.array(z.string()).nullable(), // null: all of its tenant; else those of them that its tenant may use too
    limits: keyLimitsSchema, // beside those of its tenant
    source: sourceSchema,
    createdAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    rotatedTo: z.string().nullable(), // id of the key that takes its place; this one ends at `expiresAt`
    lastUsedAt: z.string().nullable(), // written down in batches, so up to half a minute old; null for keys of relay.yaml
  })
  .meta({ id: 'ApiKey' });

const scopesSchema = z.array(apiKeyScopeSchema).min(1).max(apiKeyScopeSchema.options.length);

export const createApiKeySchema = z
  .strictObject({
    name: shownText(64),
    scopes: scopesSchema.default(['inference']),
    models: modelsSchema.optional(),
    limits: keyLimitsSchema.optional(),
    expiresAt: timeSchema.nullable().default(null),
  })
  .meta({ id: 'CreateApiKey' });

/** What is left out stays; what is named is replaced whole. */
export const updateApiKeySchema = z
  .strictObject({
    name: shownText(64).optional(),
    scopes: scopesSchema.optional(),
    models: modelsSchema.optional(),
    limits: keyLimitsSchema.optional(),
    expiresAt: timeSchema.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'UpdateApiKey' });

const DAY_SECONDS = 86_400;

export const rotateApiKeySchema = z
  .strictObject({
    overlapSeconds: z // how long the old key goes on
      .int()
      .min(0)
      .max(30 * DAY_SECONDS)
      .default(DAY_SECONDS),
    expiresAt: timeSchema.nullable().optional(), // of the new key; default: as long from now as the old one was made for
  })
  .meta({ id: 'RotateApiKey' });

export const createdApiKeySchema = apiKeyViewSchema
  .extend({ key: z.string() }) // the key itself: in this reply and never again
  .meta({ id: 'CreatedApiKey' });

/** Query of plain lists. The cursor is opaque and comes from the page before. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
});

export const tenantQuerySchema = pageQuerySchema.extend({
  status: z.enum(['active', 'disabled', 'all']).default('active'),
  q: z.string().max(200).optional(), // words, each of them in the id, the name, the tier or a tag
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
export type TenantQuery = z.infer<typeof tenantQuerySchema>;
export type UpdateTenant = z.infer<typeof updateTenantSchema>;
export type UpdateApiKey = z.infer<typeof updateApiKeySchema>;
export type RotateApiKey = z.infer<typeof rotateApiKeySchema>;
export type KeyLimits = z.infer<typeof keyLimitsSchema>;
export type ApiKeyView = z.infer<typeof apiKeyViewSchema>;
export type ApiKeyPage = z.infer<typeof apiKeyPageSchema>;
export type CreateApiKey = z.infer<typeof createApiKeySchema>;
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;
export type PageQuery = z.infer<typeof pageQuerySchema>;
