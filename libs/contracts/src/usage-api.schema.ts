import { z } from 'zod';
import { timeSchema } from './time.schema';

export const usageGroupSchema = z.enum([
  'tenant',
  'key',
  'model', // asked for
  'servedModel',
  'provider',
  'tag',
  'rule', // of the policy: the last that changed where the request went
  'policy', // name@version
  'day',
  'hour',
  'none',
]);
export const usageIntervalSchema = z.enum(['minute', 'hour', 'day']);

const filter = z.string().min(1).max(256).optional();
const time = timeSchema.optional();
const filters = {
  tenant: filter,
  key: filter, // id
  model: filter,
  servedModel: filter,
  provider: filter,
  tag: filter,
  rule: filter,
  policy: filter,
};

/** Whole hours: `from` is taken back to the hour that it is in, `to` on to the end of that. Default: this month, UTC. */
/** `false` leaves percentiles out (null): the answer of many groups comes several times faster. */
const latency = z.enum(['true', 'false']).default('true');

export const usageQuerySchema = z.strictObject({
  groupBy: usageGroupSchema.default('tenant'),
  from: time,
  to: time,
  latency,
  ...filters,
  format: z.enum(['json', 'csv']).optional(), // default: by the Accept header
});

/** By minute at most 6 hours, which the traces must still be there for; default: the last one. By hour and day: this month. */
export const usageSeriesQuerySchema = z.strictObject({
  interval: usageIntervalSchema.default('day'),
  groupBy: usageGroupSchema.exclude(['day', 'hour']).default('none'),
  from: time,
  to: time,
  limit: z.coerce.number().int().min(1).max(50).default(10), // keys, the dearest; the others are `(other)`
  latency,
  ...filters,
});

export const usageForecastQuerySchema = z.strictObject({ tenant: filter });

/** Of requests that a model or the cache answered, ms; off by 1% at most. Null without any. */
const quantilesSchema = z.object({
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

export const usageSumsSchema = z.object({
  requests: z.number(),
  ok: z.number(),
  errors: z.number(),
  rejected: z.number(),
  aborted: z.number(),
  cacheHits: z.number(),
  cacheHitsByKind: z.object({
    exactL1: z.number(),
    exactL2: z.number(),
    semantic: z.number(),
    coalesced: z.number(),
  }),
  unpriced: z.number(), // requests that took tokens, at a price that nobody knows: not in costUsd
  estimated: z.number(), // requests whose tokens the relay counted itself
  inputTokens: z.number(), // of requests that a provider was asked for, cached ones included
  cachedInputTokens: z.number(), // read from the provider's prompt cache
  outputTokens: z.number(), // reasoning ones included
  reasoningTokens: z.number(),
  savedTokens: z.number(), // of answers from the relay's cache
  costUsd: z.string(),
  savedUsd: z.string(), // by the relay's cache
  savedByRoutingUsd: z.string(), // against the strongest model; below zero where the choice was dearer
  latency: quantilesSchema,
  ttft: quantilesSchema,
});
export const usageRowSchema = usageSumsSchema.extend({ key: z.string().nullable() }).meta({ id: 'UsageRow' });

export const usageSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    groupBy: usageGroupSchema,
    data: z.array(usageRowSchema), // the dearest first; days and hours in order
    truncated: z.boolean(), // there are more groups than are listed; the total is of all
    total: usageSumsSchema, // each request once, those without a tag too
  })
  .meta({ id: 'Usage' });

export const usagePointSchema = z.object({
  at: z.string(),
  requests: z.number(),
  errors: z.number(),
  rejected: z.number(),
  cacheHits: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.string(),
  savedUsd: z.string(),
  savedByRoutingUsd: z.string(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  ttftP95Ms: z.number().nullable(),
});
export const usageSeriesSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    interval: usageIntervalSchema,
    groupBy: usageGroupSchema,
    /** Each with a point for every interval of the window. */
    series: z.array(z.object({ key: z.string().nullable(), points: z.array(usagePointSchema) })),
  })
  .meta({ id: 'UsageSeries' });

export const usageForecastSchema = z
  .object({
    tenant: z.string().nullable(), // null: all that the reader may see
    month: z.string(), // 2026-11
    spentUsd: z.string(), // so far
    /** What the month will come to; null where less than two weeks of usage are known. */
    projected: z
      .object({
        usd: z.string(),
        lowUsd: z.string(), // 90% interval
        highUsd: z.string(),
        method: z.literal('weekday-mean'),
        daysUsed: z.number(), // days that it was worked out from
      })
      .nullable(),
  })
  .meta({ id: 'UsageForecast' });

/** Columns of an invoice by what they are, where their names are not known ones. */
const column = z.string().min(1).max(128).optional();
export const reconcileSchema = z
  .strictObject({
    provider: z.string().min(1).max(128), // id of the configuration, as traces have it
    from: time, // whole days, UTC; default: the first day of the file
    to: time, // default: the end of its last
    currency: z
      .string()
      .regex(/^[A-Za-z]{3}$/, 'three letters, such as USD')
      .default('USD'),
    csv: z.string().min(1).max(20_000_000), // the provider's export
    groupBy: z.enum(['day', 'model', 'day+model']).default('day+model'),
    columns: z
      .strictObject({
        day: column,
        model: column,
        requests: column,
        inputTokens: column,
        outputTokens: column,
        usd: column,
        currency: column,
      })
      .prefault({}),
  })
  .meta({ id: 'ReconcileInvoice' });

const sideSchema = z.object({
  requests: z.number().nullable(), // null: not told
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  usd: z.string().nullable(),
});
const differenceSchema = z.object({
  day: z.string().nullable(),
  model: z.string().nullable(), // the name the provider knows
  state: z.enum(['equal', 'different', 'invoice-only', 'traces-only']),
  invoice: sideSchema.nullable(),
  traces: sideSchema.nullable(),
  differenceUsd: z.string(), // invoice less traces
});
export const reconciliationSchema = z
  .object({
    provider: z.string(),
    from: z.string(),
    to: z.string(),
    groupBy: z.enum(['day', 'model', 'day+model']),
    shape: z.string(), // what kind of export it was taken for
    columns: z.record(z.string(), z.string()), // what was read from where
    lines: z.number(), // of the invoice, that were read
    skipped: z.number(), // of the invoice, outside of the window
    unpricedRequests: z.number(), // of the traces: their cost is not in the sums
    groups: z.array(differenceSchema), // the largest difference first
    truncated: z.boolean(),
    total: z.object({ invoice: sideSchema, traces: sideSchema, differenceUsd: z.string() }),
  })
  .meta({ id: 'Reconciliation' });

export type UsageGroup = z.infer<typeof usageGroupSchema>;
export type UsageInterval = z.infer<typeof usageIntervalSchema>;
export type UsageQuery = z.infer<typeof usageQuerySchema>;
export type UsageSeriesQuery = z.infer<typeof usageSeriesQuerySchema>;
export type UsageForecastQuery = z.infer<typeof usageForecastQuerySchema>;
export type UsageFilters = Partial<
  Record<'tenant' | 'key' | 'model' | 'servedModel' | 'provider' | 'tag' | 'rule' | 'policy', string | undefined>
>;
export type UsageSums = z.infer<typeof usageSumsSchema>;
export type UsageRow = z.infer<typeof usageRowSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type UsagePoint = z.infer<typeof usagePointSchema>;
export type UsageSeries = z.infer<typeof usageSeriesSchema>;
export type UsageForecast = z.infer<typeof usageForecastSchema>;
export type ReconcileInvoice = z.infer<typeof reconcileSchema>;
export type Reconciliation = z.infer<typeof reconciliationSchema>;
export type ReconcileSide = z.infer<typeof sideSchema>;
export type ReconcileDifference = z.infer<typeof differenceSchema>;
