import { z } from 'zod';
import { measuredErrorSchema } from './cache-api.schema';
import { timeRangeShape } from './time.schema';

/** What look-ups go by: modes that learn by the pair's score, `static` and `validated` by the cosine. */
export const cacheMeasureSchema = z.enum(['score', 'similarity']);

/** What would come of asking one entry's question where the other is stored. */
export const neighbourVerdictSchema = z.enum([
  'served',
  'verifier_decides', // near enough; a verifier has the last word
  'shadow', // near enough, but the mode only watches
  'below_threshold',
  'below_entry_threshold', // the entry was wrong once and needs more
  'too_few_labels', // no threshold is known to keep the budget yet
  'drifted', // what was learned does not hold any more
  'guarded', // a guard objects, however near they are
  'out_of_service', // the entry that would answer is in quarantine, or has expired
  'unknown', // the plan that stored them is not kept any more
]);

export const cacheNeighboursSchema = z
  .object({
    mode: z.string().nullable(), // of the plan that stored the entry, which is part of where it may be served; null: not kept any more
    measure: cacheMeasureSchema.nullable(),
    threshold: z.number().nullable(), // in force now, of the measure; null: none
    data: z.array(
      z.object({
        id: z.string(),
        prompt: z.string().nullable(), // not for viewers
        similarity: z.number(), // cosine
        score: z.number(), // 0 to 1, of the pair
        guards: z.array(z.string()), // that object
        sharesAnswer: z.boolean(),
        answersThis: neighbourVerdictSchema, // its answer, to the question of this entry
        answeredByThis: neighbourVerdictSchema, // this entry's answer, to its question
      }),
    ),
  })
  .meta({ id: 'CacheNeighbours' });

export const cacheHitsQuerySchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) });

/** Requests that were answered from one entry, newest first. */
export const cacheHitsSchema = z
  .object({
    data: z.array(
      z.object({
        trace: z.string(),
        at: z.string(),
        tenant: z.string().nullable(),
        cache: z.string(),
        similarity: z.number().nullable(), // cosine, of a hit by meaning
        savedUsd: z.string().nullable(),
        degraded: z.boolean(),
        prompt: z.string().nullable(), // how what was asked begins, where it is kept; not for viewers
        feedback: z.number().nullable(), // -1 to 1: what the same API key said of this answer last
      }),
    ),
    promptsHidden: z.boolean(), // from this role
  })
  .meta({ id: 'CacheHits' });

export const cacheSimilarityQuerySchema = z.strictObject({
  tenant: z.string().min(1).max(128).optional(),
  ...timeRangeShape,
});

const binSchema = z.object({
  from: z.number(), // up to 0.01 more, the last with its end
  lookUps: z.number(),
  served: z.number(),
  savedUsd: z.string(), // by those served
  costUsd: z.string(), // of those that were answered afresh
});

/** Look-ups that go by one measure. `lookUps` is the sum of all bins and of all that have no place in one. */
const measuredLookUpsSchema = z.object({
  measure: cacheMeasureSchema,
  modes: z.array(z.string()),
  lookUps: z.number(),
  served: z.number(),
  noNeighbour: z.number(),
  guarded: z.number(), // a guard objected to all that was near
  heldBack: z.number(), // near enough, and yet not to be served: the entry was wrong once, a verifier objected, or the cosine is below what is ever judged
  failed: z.number(), // no embedding in time, or no answer of the store
  bins: z.array(binSchema), // those with look-ups, lowest first
  thresholds: z.array(z.object({ threshold: z.number(), lookUps: z.number(), lastAt: z.string() })), // in force at the time, most look-ups first
});

/** What labels say about serving from `threshold` on: error per hit with its 95% interval. */
const errorPointSchema = z.object({
  threshold: z.number(),
  error: z.number(),
  low: z.number(),
  high: z.number(),
  labels: z.number(),
});

export const cacheSimilaritySchema = z
  .object({
    from: z.string(),
    to: z.string(),
    requests: z.number(), // that were read: those that the cache did not answer word for word
    readFrom: z.string().nullable(), // the oldest of them, where there were more than are read; null: all were
    measures: z.array(measuredLookUpsSchema), // most look-ups first
    /** Of scores; those with the latest labels, whatever the window. */
    evidence: z.array(
      z.object({
        evidence: z.string(),
        owner: z.string(),
        judge: z.string(),
        embedder: z.string(),
        threshold: z.number().nullable(),
        maxErrorPerHit: z.number(),
        labels: z.number(),
        measured: measuredErrorSchema.nullable(),
        curve: z.array(errorPointSchema), // highest threshold first
      }),
    ),
  })
  .meta({ id: 'CacheSimilarity' });

export type CacheMeasure = z.infer<typeof cacheMeasureSchema>;
export type NeighbourVerdict = z.infer<typeof neighbourVerdictSchema>;
export type CacheNeighbours = z.infer<typeof cacheNeighboursSchema>;
export type CacheHits = z.infer<typeof cacheHitsSchema>;
export type CacheHitsQuery = z.infer<typeof cacheHitsQuerySchema>;
export type CacheSimilarity = z.infer<typeof cacheSimilaritySchema>;
export type CacheSimilarityQuery = z.infer<typeof cacheSimilarityQuerySchema>;
export type CacheLookUps = CacheSimilarity['measures'][number];
export type CacheErrorPoint = z.infer<typeof errorPointSchema>;
