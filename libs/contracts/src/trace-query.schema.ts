import { z } from 'zod';
import { timeRangeShape } from './time.schema';
import { cacheResultSchema, queueResultSchema, traceStatusSchema } from './trace.schema';

/** Values of one filter; a trace that has any of them is meant. */
const MAX_VALUES = 50;
const MAX_VALUE_CHARS = 300;

/** One value or several: the parameter repeated, or separated by commas. */
function anyOf<T extends string>(schema: z.ZodType<T>) {
  return z
    .union([z.string().max(MAX_VALUES * MAX_VALUE_CHARS), z.array(z.string().max(MAX_VALUE_CHARS)).max(MAX_VALUES)])
    .transform((given, context): T[] => {
      const texts = [given].flat().flatMap((text) => text.split(',').map((value) => value.trim()));
      if (texts.length > MAX_VALUES) context.addIssue(`at most ${MAX_VALUES} values, found ${texts.length}`);
      const values: T[] = [];
      for (const text of texts) {
        const parsed = schema.safeParse(text);
        if (parsed.success) values.push(parsed.data);
        else context.addIssue(parsed.error.issues[0]?.message ?? 'Invalid value');
      }
      return [...new Set(values)];
    })
    .optional();
}

const name = z.string().min(1).max(MAX_VALUE_CHARS);
const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();
const milliseconds = z.coerce.number().min(0).max(1e9).optional();
const usd = z
  .string()
  .regex(/^\d{1,8}(\.\d{1,12})?$/, 'Expected US dollars as a decimal, such as 0.05')
  .optional();

/** Which traces are meant. All filters hold at once; of one filter any value. `from` is inclusive, `to` is not. */
export const traceFilterShape = {
  tenant: anyOf(name),
  keyId: anyOf(name),
  user: anyOf(name), // x-relay-user
  tag: anyOf(name),
  status: anyOf(traceStatusSchema),
  errorCode: anyOf(name),
  model: anyOf(name), // asked for
  servedModel: anyOf(name),
  provider: anyOf(name),
  endpoint: anyOf(name),
  cache: anyOf(cacheResultSchema),
  queue: anyOf(queueResultSchema),
  policy: anyOf(name), // a name, or name@version
  rule: anyOf(name), // that matched
  requestId: anyOf(name),
  stream: flag,
  degraded: flag,
  hasFeedback: flag,
  feedback: z.enum(['negative', 'positive']).optional(), // some score below, or above, 0
  minMs: milliseconds,
  maxMs: milliseconds,
  minCostUsd: usd,
  ...timeRangeShape,
  q: z.string().max(200).optional(), // part of request id, model or error; or words of prompt and answer
  text: z.string().max(200).optional(), // words of prompt and answer alone, as a search engine takes them: "a phrase", or, -without
} as const;

export const traceFilterSchema = z.strictObject(traceFilterShape);

export const traceSortSchema = z.enum(['newest', 'oldest', 'slowest', 'dearest']);

/** Query of `GET /api/traces`. */
export const traceQuerySchema = z
  .strictObject({
    ...traceFilterShape,
    sort: traceSortSchema.default('newest'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  })
  .meta({ id: 'TraceQuery' });

/** Query of `GET /api/traces/facets`. */
export const traceFacetsQuerySchema = z.strictObject(traceFilterShape);

/** What traces are counted by. */
export const TRACE_FACETS = [
  'status',
  'tenant',
  'provider',
  'model',
  'servedModel',
  'cache',
  'queue',
  'policy',
  'rule',
  'tag',
] as const;
export type TraceFacet = (typeof TRACE_FACETS)[number];

const facetSchema = z.array(z.object({ value: z.string(), count: z.number() }));

/** Counts by value, most frequent first; each as if its own filter were not given. */
export const traceFacetsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    sampled: z.boolean(), // true: there are more than 50,000; counted are the newest
    facets: z.object({
      status: facetSchema,
      tenant: facetSchema,
      provider: facetSchema,
      model: facetSchema,
      servedModel: facetSchema,
      cache: facetSchema,
      queue: facetSchema,
      policy: facetSchema,
      rule: facetSchema,
      tag: facetSchema,
    } satisfies Record<TraceFacet, typeof facetSchema>),
  })
  .meta({ id: 'TraceFacets' });

/** Query of `GET /api/traces/histogram`. */
export const traceHistogramQuerySchema = z.strictObject({
  ...traceFilterShape,
  buckets: z.coerce.number().int().min(1).max(200).default(60), // at most
  groupBy: z.enum(['tenant', 'provider', 'queue']).optional(), // of `groups`
  newest: flag, // true: also what only stages and calls tell, of the newest 5,000
});

const quantilesSchema = z.object({
  p50Ms: z.number().nullable(), // null without any
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

/** Of all traces that are meant, in the whole window. Exact. */
export const traceFiguresSchema = z
  .object({
    requests: z.number(),
    ok: z.number(),
    errors: z.number(),
    rejected: z.number(),
    aborted: z.number(),
    answered: z.number(), // by a model or the cache: of these is the latency
    hits: z.number(), // of these, by the cache, or by a call that was under way
    inputTokens: z.number(), // of requests that a provider was asked for
    outputTokens: z.number(),
    costUsd: z.string(),
    savedUsd: z.string(), // by the cache
    latency: quantilesSchema,
    ttft: quantilesSchema, // of those of them that were streams
    wait: quantilesSchema, // of those that stood in a queue
  })
  .meta({ id: 'TraceFigures' });

/** Requests over time; buckets without any are there too. */
export const traceHistogramSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    bucketMs: z.number(),
    data: z.array(
      z.object({
        at: z.string(), // begin of the bucket
        ok: z.number(),
        error: z.number(),
        rejected: z.number(),
        aborted: z.number(),
        p50Ms: z.number().nullable(), // of the whole time of a request
        p95Ms: z.number().nullable(),
      }),
    ),
    total: traceFiguresSchema.nullable(), // null: telling takes too long
    groups: z.array(traceFiguresSchema.extend({ key: z.string().nullable() })), // 50 at most, the largest first; empty without `groupBy`
    newest: z // null: not asked for, or telling takes too long
      .object({
        looked: z.number(), // that a model was to answer, ok or not
        failed: z.number(),
        recovered: z.number(), // answered, after a call that failed
        overhead: quantilesSchema, // what the relay took itself: neither waits nor calls
      })
      .nullable(),
  })
  .meta({ id: 'TraceHistogram' });

/** Query of `GET /api/traces/tail`: traces from now on, so no time. */
export const traceTailFilterSchema = z.strictObject(traceFilterShape).omit({ from: true, to: true });
export const traceTailQuerySchema = traceTailFilterSchema.extend({
  seconds: z.coerce.number().int().min(0).max(86_400).optional(), // ends by itself then
});

export const MAX_EXPORT_ROWS = 10_000_000;

/** Query of `GET /api/traces/export`. */
export const traceExportQuerySchema = z.strictObject({
  ...traceFilterShape,
  format: z.enum(['csv', 'jsonl']).default('jsonl'),
  sort: z.enum(['newest', 'oldest']).default('newest'),
  rows: z.coerce.number().int().min(1).max(MAX_EXPORT_ROWS).default(MAX_EXPORT_ROWS), // at most
});

export type TraceFilter = z.infer<typeof traceFilterSchema>;
export type TraceSort = z.infer<typeof traceSortSchema>;
export type TraceQuery = z.infer<typeof traceQuerySchema>;
export type TraceFacets = z.infer<typeof traceFacetsSchema>;
export type TraceHistogramQuery = z.infer<typeof traceHistogramQuerySchema>;
export type TraceHistogram = z.infer<typeof traceHistogramSchema>;
export type TraceFigures = z.infer<typeof traceFiguresSchema>;
export type TraceFigureGroup = NonNullable<TraceHistogramQuery['groupBy']>;
export type TraceTailFilter = z.infer<typeof traceTailFilterSchema>;
export type TraceTailQuery = z.infer<typeof traceTailQuerySchema>;
export type TraceExportQuery = z.infer<typeof traceExportQuerySchema>;
