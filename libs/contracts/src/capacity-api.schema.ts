import { z } from 'zod';
import { timeRangeShape } from './time.schema';

const figure = z.number().nullable(); // null: nothing is known, or there is no bound
const name = z.string().min(1).max(256);

/** What a pool does in an hour of the week, on the mean of the range. Rates a second, times in ms. */
const loadSchema = z.object({
  requestsPerSecond: z.number(),
  serviceMs: z.number(), // a slot is held so long, mean
  serviceCv: z.number(), // standard deviation over mean
  dispersion: z.number(), // variance over mean of the requests a minute: 1 for arrivals at random, more in bursts
  utilisation: z.number(), // 0..; from 1 on the line grows without end
  predictedWaitMs: z.object({ mean: figure, p90: figure }), // null from utilisation 1 on
  headroomPerSecond: z.number(), // requests a second more until the P90 wait passes the target
});

export const capacityHourSchema = loadSchema.extend({
  weekday: z.number(), // 0 Sunday to 6 Saturday, UTC
  hour: z.number(), // 0..23, UTC
  hours: z.number(), // that the range has of this one
  measuredWaitMs: z.object({ mean: z.number(), p90: z.number() }),
});

export const capacityPoolSchema = z
  .object({
    id: z.string(), // provider
    slots: z.number(),
    requests: z.number(), // of the range
    busiest: capacityHourSchema.nullable(), // null without requests
    hours: z.array(capacityHourSchema), // at most 168; those without requests are left out
  })
  .meta({ id: 'CapacityPool' });

/** The busiest minute and the mean of the range against a limit. */
export const capacityRateSchema = z.object({
  scope: z.enum(['model', 'provider']),
  id: z.string(),
  of: z.enum(['requests', 'tokens']), // a minute
  mean: z.number(),
  peak: z.number(), // busiest minute
  limit: figure,
});

export const capacityLimitKindSchema = z.enum(['slots', 'requests-per-minute', 'tokens-per-minute', 'budget', 'disk']);

/** When a limit is met if everything grows as it does. */
export const capacityForecastSchema = z.object({
  limit: capacityLimitKindSchema,
  id: z.string(), // provider, model or tenant
  now: z.number(), // in the unit of the limit: slots busy, requests, tokens, USD a month, bytes
  max: z.number(),
  growthPerWeek: figure, // 0.1: a tenth more each week; null: too little data
  metAt: z.string().nullable(), // null: not at this growth, or too little data
  earliest: z.string().nullable(), // 90% interval of the growth
  latest: z.string().nullable(),
});

export const capacityReportSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    targetWaitMs: z.number(), // head room ends where the P90 wait passes it
    note: z.string().nullable(), // why there is nothing in it; null where there is
    pools: z.array(capacityPoolSchema),
    rates: z.array(capacityRateSchema),
    forecasts: z.array(capacityForecastSchema), // the first to be met first
    disk: z.object({
      bytesPerTrace: figure,
      databaseBytes: figure,
      freeBytes: figure, // null: the database is elsewhere
      retentionDays: z.number(),
    }),
    trendDays: z.number(), // whole days that the growth was taken from
  })
  .meta({ id: 'CapacityReport' });

const targetWaitMs = z.coerce.number().int().min(1).max(3_600_000);
export const capacityQuerySchema = z.strictObject({ ...timeRangeShape, targetWaitMs: targetWaitMs.default(1_000) });

/** A tenant that does not exist yet. */
export const whatIfSchema = z
  .strictObject({
    ...timeRangeShape,
    model: name, // of relay.yaml
    requestsPerMinute: z.number().positive().max(1e7),
    inputTokens: z.number().int().min(0).max(1e7), // of a request, mean
    outputTokens: z.number().int().min(0).max(1e7),
    burstiness: z.number().min(0).max(1_000).default(1), // variance over mean of its requests a minute
    monthlyUsd: z.number().positive().max(1e9).optional(), // the budget it is to have
    targetWaitMs: targetWaitMs.default(1_000),
  })
  .meta({ id: 'CapacityWhatIf' });

export const whatIfPoolSchema = z.object({
  id: z.string(),
  slots: z.number(),
  addedPerSecond: z.number(),
  serviceMs: figure, // of the new requests
  serviceFrom: z.enum(['fit', 'mean', 'none']), // fit to tokens of requests of the range, their mean, or nothing to go by
  before: loadSchema.nullable(), // null: nothing is known of this pool yet
  after: loadSchema.nullable(),
});

export const whatIfReplySchema = z
  .object({
    from: z.string(),
    to: z.string(),
    pools: z.array(whatIfPoolSchema), // in their busiest hour; requests are dealt out by the weights of the model's targets
    limits: z.array(
      z.object({
        limit: capacityLimitKindSchema,
        id: z.string(),
        before: z.number(),
        after: z.number(),
        max: z.number(),
        exceeded: z.boolean(),
      }),
    ), // the fullest afterwards first
    firstMet: capacityLimitKindSchema.nullable(), // of those that are exceeded
    monthlyUsd: z.string().nullable(), // what it would cost; null: no price is known
  })
  .meta({ id: 'CapacityWhatIfReply' });

export type CapacityLoad = z.infer<typeof loadSchema>;
export type CapacityHour = z.infer<typeof capacityHourSchema>;
export type CapacityPool = z.infer<typeof capacityPoolSchema>;
export type CapacityRate = z.infer<typeof capacityRateSchema>;
export type CapacityForecast = z.infer<typeof capacityForecastSchema>;
export type CapacityLimitKind = z.infer<typeof capacityLimitKindSchema>;
export type CapacityReport = z.infer<typeof capacityReportSchema>;
export type CapacityQuery = z.infer<typeof capacityQuerySchema>;
export type WhatIf = z.infer<typeof whatIfSchema>;
export type WhatIfReply = z.infer<typeof whatIfReplySchema>;
export type WhatIfPool = z.infer<typeof whatIfPoolSchema>;
