import { z } from 'zod';
import { MAX_TAG_LENGTH, MAX_TAGS } from './headers';
import { pageQuerySchema } from './tenant-api.schema';
import { timeRangeShape } from './time.schema';

const tenantFilter = z.string().min(1).max(128);
const name = z.string().min(1).max(256);
const hex64 = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits');

/** What is invalidated has everything that is named: `{ tenant, model }` are the answers of that model to that tenant. */
const selectorShape = {
  tenant: tenantFilter.optional(),
  model: name.optional(), // asked for or served
  tag: z.string().min(1).max(64).optional(),
  version: name.optional(), // the plan's cache.version
  entry: z.string().min(1).max(64).optional(), // id, as x-relay-cache-entry has it
  key: hex64.optional(), // exact key
  all: z.literal(true).optional(), // everything; only without any of the others
};
export const invalidateCacheSchema = z
  .strictObject({
    ...selectorShape,
    dryRun: z.boolean().optional(), // counts what would go, and takes nothing out
  })
  .meta({ id: 'InvalidateCache' });
export const startInvalidationSchema = z.strictObject(selectorShape).meta({ id: 'StartCacheInvalidation' });

/** `atLeast`: counting ended before all was seen, so there may be more. */
const countedSchema = z.object({ count: z.number(), atLeast: z.boolean() });

/** What a dry run found, by tier; what lies in memory and in Redis is counted once in `total`. */
const wouldRemoveSchema = z.object({
  memory: countedSchema, // of the process that answers
  redis: countedSchema.nullable(), // null without Redis
  semantic: countedSchema, // with those that share a removed answer
  total: countedSchema,
});

/** Entries that were removed. Copies in the memories of other processes are void at once and not counted. */
export const invalidatedCacheSchema = z
  .object({ removed: z.number(), wouldRemove: wouldRemoveSchema.optional() })
  .meta({ id: 'InvalidatedCache' });

/** What it names is void everywhere since `createdAt`; the workers remove the copies, until none is left. */
export const cacheInvalidationSchema = z
  .object({
    id: z.string(),
    status: z.enum(['waiting', 'running', 'done']),
    named: z.object(selectorShape),
    total: countedSchema.nullable(), // when a worker began, with what was stored in Redis since then; null until then; in the end: removed
    removed: z.number(), // until now; a worker that was killed may have removed up to 500 more
    reason: z.string().nullable(), // what went wrong last; it is tried again
    createdAt: z.string(),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'CacheInvalidation' });
export const cacheInvalidationPageSchema = z
  .object({ data: z.array(cacheInvalidationSchema), nextCursor: z.null() })
  .meta({ id: 'CacheInvalidationPage' });

export const cacheKindSchema = z.enum(['exact', 'semantic']);

export const cacheEntryViewSchema = z
  .object({
    id: z.string(), // exact: the key (64 hex digits); semantic: a UUID
    kind: cacheKindSchema,
    owner: z.string(), // t:<tenant> or g:<sharing group>
    tags: z.array(z.string()),
    model: z.string().nullable(), // asked for
    servedModel: z.string(),
    provider: z.string(),
    sourceTrace: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
    bytes: z.number(),
    costUsd: z.string().nullable(),
    hits: z.number().nullable(), // semantic only
    status: z.enum(['active', 'quarantined']),
    prompt: z.string().nullable(), // semantic only: the last user turn; not for viewers
    answer: z.string().nullable(), // semantic only, and only of a single entry: what it says; not for viewers
    aliasOf: z.string().nullable(), // semantic only: the entry whose answer it shares
    minSimilarity: z.number().nullable(), // semantic only: tightened after an error
  })
  .meta({ id: 'CacheEntry' });
export const cacheEntryPageSchema = z
  .object({ data: z.array(cacheEntryViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'CacheEntryPage' });
export const cacheEntryQuerySchema = pageQuerySchema.extend({
  kind: cacheKindSchema.default('semantic'),
  tenant: tenantFilter.optional(),
  model: name.optional(),
  status: z.enum(['active', 'quarantined']).optional(),
  q: z.string().min(1).max(200).optional(), // semantic only: part of the prompt; not for viewers
});

export const badHitSchema = z
  .strictObject({
    trace: z.uuid().optional(), // the request that got the hit: a hit by meaning becomes a label
    comment: z.string().max(2_000).optional(),
  })
  .prefault({}) // there may be nothing to say, and so no body
  .meta({ id: 'BadHit' });

export const markedBadHitSchema = z
  .object({ entry: z.string(), kind: cacheKindSchema, removed: z.number() }) // entries that are not served any more
  .meta({ id: 'MarkedBadHit' });

export const cacheStatsQuerySchema = z.strictObject({
  tenant: tenantFilter.optional(),
  ...timeRangeShape,
  groupBy: z.enum(['kind', 'tenant', 'model', 'rule']).default('kind'),
});

/** Requests of the window, answered from the cache or not; bypassing and refused ones left out. */
const cacheGroupSchema = z.object({
  key: z.string().nullable(),
  requests: z.number(),
  hits: z.number(), // answers: kept refusals and replies that broke off are none
  hitRate: z.number(), // 0..1
  savedUsd: z.string(),
  spentUsd: z.string(), // by requests of the relay's own: judges, rechecks and verifiers (kind: semantic), refreshes and warmings (no kind)
  savedTokens: z.number(),
  savedMs: z.number(),
});

/** The error of hits that were asked again or marked bad, whatever their score. */
export const measuredErrorSchema = z.object({
  error: z.number(),
  low: z.number(), // 95% interval
  high: z.number(),
  hits: z.number(),
  marked: z.number(), // of them, marked bad: where there are no others the error says nothing
});

/** What was seen of one evidence class, and what that allows. */
export const cacheEvidenceSchema = z
  .object({
    evidence: z.string(), // name in the policy
    owner: z.string(),
    judge: z.string(), // who said what was right; labels of another one are another class
    embedder: z.string(),
    labels: z.number(),
    threshold: z.number().nullable(), // for the budget below; null: exact hits only
    bound: z.number().nullable(),
    maxErrorPerHit: z.number(),
    measured: measuredErrorSchema.nullable(),
    drifted: z.boolean(),
  })
  .meta({ id: 'CacheEvidence' });

export const cacheStatsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    groups: z.array(cacheGroupSchema),
    total: cacheGroupSchema,
    evidence: z.array(cacheEvidenceSchema),
    entries: z.object({ semantic: z.number(), quarantined: z.number() }),
    /** Of the process that answers, since its start; null for who sees one tenant only. */
    process: z
      .object({
        l1: z.object({
          entries: z.number(),
          bytes: z.number(),
          maxBytes: z.number(),
          hits: z.number(),
          misses: z.number(),
          evictions: z.number(),
        }),
        l2: z.record(z.string(), z.number()).nullable(), // null without Redis
      })
      .nullable(),
  })
  .meta({ id: 'CacheStats' });

/** A tag that a comma separated list can hold. */
const TAG = /^[^,\s](?:[^,]*[^,\s])?$/;

/** Requests to be answered ahead of need, each asked as its tenant in the batch class. */
export const warmCacheSchema = z
  .strictObject({
    tenant: tenantFilter,
    source: z.union(
      [
        z.strictObject({ requests: z.array(z.record(z.string(), z.json())).min(1).max(1_000) }), // bodies of chat completions
        z.strictObject({ traces: z.strictObject({ days: z.int().min(1).max(90), top: z.int().min(1).max(1_000) }) }), // the most asked, where payloads are kept
      ],
      'either { requests: [bodies of chat completions] } or { traces: { days, top } }',
    ),
    maxUsd: z.number().positive().max(1_000_000).optional(), // stops when so much was spent
    scopes: z
      .array(z.enum(['inference', 'tenant:act-as']))
      .min(1)
      .max(2)
      .optional(), // of the API keys that are to find the answers; default: inference
    tags: z
      .array(z.string().max(MAX_TAG_LENGTH).regex(TAG, 'a tag, without commas and without blanks around it'))
      .min(1)
      .max(MAX_TAGS)
      .optional(), // as x-relay-tags of a client; default: none
  })
  .meta({ id: 'WarmCache' });

/** `request`: its place in what is asked, from 1. */
const warmingErrorSchema = z.object({ request: z.number(), code: z.string(), message: z.string() });

export const warmingSchema = z
  .object({
    id: z.string(),
    tenant: z.string(),
    status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    total: z.number(),
    asked: z.number(),
    cached: z.number(), // were there already
    failed: z.number(), // not answered, or answered and not kept; what is left of `asked` was stored
    costUsd: z.string(),
    reason: z.string().nullable(), // why it ended early
    errors: z.array(warmingErrorSchema), // of the first requests that failed, five at most
    createdAt: z.string(),
  })
  .meta({ id: 'Warming' });
export const warmingPageSchema = z
  .object({ data: z.array(warmingSchema), nextCursor: z.null() })
  .meta({ id: 'WarmingPage' });

export type InvalidateCache = z.infer<typeof invalidateCacheSchema>;
export type InvalidatedCache = z.infer<typeof invalidatedCacheSchema>;
export type StartCacheInvalidation = z.infer<typeof startInvalidationSchema>;
export type CacheInvalidation = z.infer<typeof cacheInvalidationSchema>;
export type CacheInvalidationPage = z.infer<typeof cacheInvalidationPageSchema>;
export type CacheCount = z.infer<typeof countedSchema>;
export type CacheWouldRemove = z.infer<typeof wouldRemoveSchema>;
export type CacheEntryView = z.infer<typeof cacheEntryViewSchema>;
export type CacheEntryPage = z.infer<typeof cacheEntryPageSchema>;
export type CacheEntryQuery = z.infer<typeof cacheEntryQuerySchema>;
export type BadHit = z.infer<typeof badHitSchema>;
export type MarkedBadHit = z.infer<typeof markedBadHitSchema>;
export type CacheStatsQuery = z.infer<typeof cacheStatsQuerySchema>;
export type CacheGroup = z.infer<typeof cacheGroupSchema>;
export type CacheEvidence = z.infer<typeof cacheEvidenceSchema>;
export type CacheStats = z.infer<typeof cacheStatsSchema>;
export type WarmCache = z.infer<typeof warmCacheSchema>;
export type Warming = z.infer<typeof warmingSchema>;
export type WarmingError = z.infer<typeof warmingErrorSchema>;
export type WarmingPage = z.infer<typeof warmingPageSchema>;
