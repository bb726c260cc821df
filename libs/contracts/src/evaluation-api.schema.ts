import { z } from 'zod';
import { timeRangeShape, timeSchema } from './time.schema';

/** What requests are told apart by. */
export const evaluationDimensionSchema = z.enum([
  'policy', // name@version
  'model', // asked for
  'servedModel',
  'provider',
  'rule', // of the policy; a request is in the group of each that matched
  'experiment', // experiment/arm
  'task',
]);

/** In the order in which they are shown. */
export const evaluationFigureSchema = z.enum([
  'quality', // mean of the verdicts of feedback, as 0 to 1
  'errorShare', // of what was answered or failed
  'p50Ms', // until the last byte, of answers
  'p95Ms',
  'ttftP50Ms', // until the first token, of answered streams
  'ttftP95Ms',
  'costPer1kUsd', // of 1,000 requests whose cost is known, USD
  'cacheHitShare', // of answers
  'outputTokens', // of an answer, mean
]);

const name = z.string().min(1).max(256);

export const evaluationQuerySchema = z.strictObject({
  by: evaluationDimensionSchema.default('policy'),
  ...timeRangeShape, // at most 31 days; default: the last 24 hours
  tenant: name.optional(),
  format: z.enum(['json', 'csv']).optional(), // default: by the Accept header
});

/** Two groups (`a` and `b`) in one range, or one of them, or all requests, before and after a `moment` in it. */
export const evaluationComparisonQuerySchema = z.strictObject({
  by: evaluationDimensionSchema.default('policy'),
  a: name.optional(),
  b: name.optional(),
  moment: timeSchema.optional(),
  ...timeRangeShape,
  tenant: name.optional(),
  tolerance: z.coerce.number().min(0).max(1).default(0.01), // relative changes below it are none
});

/** `low` and `high` are the bounds of a 95% interval; null where there is too little to say. */
const estimateSchema = z
  .object({
    value: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    count: z.number(), // requests, or verdicts, that it is worked out from
  })
  .meta({ id: 'EvaluationEstimate' });
const usdEstimateSchema = z
  .object({ value: z.string().nullable(), low: z.string().nullable(), high: z.string().nullable(), count: z.number() })
  .meta({ id: 'EvaluationUsdEstimate' });

export const evaluationGroupSchema = z
  .object({
    key: z.string().nullable(), // null: without one
    requests: z.number(),
    errors: z.number(),
    costUsd: z.string(),
    badHits: z.number(), // answered by meaning from an entry of the cache that somebody said was wrong
    verdicts: z.number(),
    voices: z.number(), // users who gave them; a verdict without a user is a voice of its own
    figures: z.object({
      quality: estimateSchema,
      errorShare: estimateSchema,
      p50Ms: estimateSchema,
      p95Ms: estimateSchema,
      ttftP50Ms: estimateSchema,
      ttftP95Ms: estimateSchema,
      costPer1kUsd: usdEstimateSchema,
      cacheHitShare: estimateSchema,
      outputTokens: estimateSchema,
    } satisfies Record<z.infer<typeof evaluationFigureSchema>, z.ZodType>),
  })
  .meta({ id: 'EvaluationGroup' });

export const evaluationsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    by: evaluationDimensionSchema,
    data: z.array(evaluationGroupSchema), // most requests first
    truncated: z.boolean(), // there are more groups than are listed; the total is of all
    total: evaluationGroupSchema, // each request once
  })
  .meta({ id: 'Evaluations' });

/** `different`: neither more nor less of it is better. */
export const evaluationVerdictSchema = z.enum(['worse', 'better', 'different', 'no-difference', 'too-few']);

const sideSchema = z
  .object({ name: z.string().nullable(), from: z.string(), to: z.string(), group: evaluationGroupSchema }) // null: all requests
  .meta({ id: 'EvaluationSide' });
const bound = z.union([z.number(), z.string()]).nullable(); // USD as decimal strings
export const comparedFigureSchema = z
  .object({
    figure: evaluationFigureSchema,
    verdict: evaluationVerdictSchema,
    difference: bound, // b less a
    low: bound, // of an interval with the confidence that the comparison says
    high: bound,
    relative: z.number().nullable(), // the difference as a share of a
  })
  .meta({ id: 'ComparedFigure' });

export const evaluationComparisonSchema = z
  .object({
    by: evaluationDimensionSchema,
    a: sideSchema,
    b: sideSchema,
    tested: z.number(), // figures that could be compared
    confidence: z.number(), // of each interval, so that all of them hold at once in 95 of 100 comparisons
    tolerance: z.number(),
    regression: z.boolean(), // some figure is worse
    figures: z.array(comparedFigureSchema),
  })
  .meta({ id: 'EvaluationComparison' });

export type EvaluationDimension = z.infer<typeof evaluationDimensionSchema>;
export type EvaluationFigure = z.infer<typeof evaluationFigureSchema>;
export type EvaluationQuery = z.infer<typeof evaluationQuerySchema>;
export type EvaluationComparisonQuery = z.infer<typeof evaluationComparisonQuerySchema>;
export type EvaluationEstimate = z.infer<typeof estimateSchema>;
export type EvaluationGroup = z.infer<typeof evaluationGroupSchema>;
export type Evaluations = z.infer<typeof evaluationsSchema>;
export type EvaluationVerdict = z.infer<typeof evaluationVerdictSchema>;
export type ComparedFigure = z.infer<typeof comparedFigureSchema>;
export type EvaluationComparison = z.infer<typeof evaluationComparisonSchema>;
