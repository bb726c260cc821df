import { z } from 'zod';
import { unitSchema } from './execution-plan.schema';

/** Of the units: below, a canary sees next to nothing; above, it is what is in force that would be tried on the few. */
export const MIN_CANARY_SHARE = 0.001;
export const MAX_CANARY_SHARE = 0.5;

export const canaryShareSchema = z.number().min(MIN_CANARY_SHARE).max(MAX_CANARY_SHARE);

/** How much worse than what is in force a canary may be; `null` leaves it unguarded. */
export const canaryGuardrailsSchema = z
  .strictObject({
    errorRate: z.number().min(0).max(0.5).nullable().default(0.01), // more failures, as a share of all requests: 0.01 is 1 in 100
    p95: z.number().min(0).max(10).nullable().default(0.2), // slower, as a share of the P95 in force: 0.2 is a fifth
    cost: z.number().min(0).max(10).nullable().default(0.2), // dearer, as a share of the cost of a request in force
    quality: z.number().min(0).max(2).nullable().default(0.1), // lower, in points of feedback, which goes from -1 to 1
  })
  .refine(
    (rails) => Object.values(rails).some((allowed) => allowed !== null),
    'at least one guardrail that is not null',
  )
  .meta({ id: 'CanaryGuardrails' });

export const canaryGuardrailSchema = z.enum(['errorRate', 'p95', 'cost', 'quality']);

const note = z.string().max(2_000).optional();

export const startCanarySchema = z
  .strictObject({
    share: canaryShareSchema, // of the units
    unit: unitSchema.default('user'), // who always gets the same policy; `user`: the key, where the app names no user
    guardrails: canaryGuardrailsSchema.prefault({}),
    note, // of the version, in the place of the one that it has
    expectedDigest: z
      .string()
      .regex(/^[0-9a-f]{64}$/, '64 hex digits')
      .optional(), // refuse if the draft is not, or no longer, this one
  })
  .meta({ id: 'StartCanary' });

export const endCanarySchema = z.strictObject({ note }).meta({ id: 'EndCanary' }).prefault({});

/** A figure with the interval that it is in; USD as decimal strings. */
const figureSchema = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();
const usdFigureSchema = z.object({ value: z.string(), low: z.string(), high: z.string() }).nullable();

const sideSchema = z.object({
  requests: z.number(),
  units: z.number(), // distinct tenants, users or keys, whatever the canary is drawn by
  errorRate: figureSchema, // 0 to 1
  p95Ms: figureSchema, // of requests that a provider answered
  costUsd: usdFigureSchema, // of one request that a provider answered
  quality: figureSchema, // -1 to 1, of requests with feedback
  rated: z.number(), // requests with feedback
});

/**
 * `worse`: by more than is allowed, beyond reasonable doubt. `fine`: not by more than is allowed, as surely. `undecided`: the
 * requests so far allow for both. `waiting`: too few to say anything.
 */
export const canaryVerdictSchema = z.enum(['worse', 'fine', 'undecided', 'waiting']);

const checkSchema = z.object({
  guardrail: canaryGuardrailSchema,
  verdict: canaryVerdictSchema,
  allowed: z.number(), // as in the guardrails
  /** How much worse: of errorRate and quality in points, of cost as a share, of p95 the share of requests beyond what is allowed that there should not be. */
  worseBy: figureSchema,
  says: z.string(), // the verdict in words
});

export const canaryJudgementSchema = z
  .object({
    at: z.string(), // ISO 8601
    from: z.string(), // requests since then are counted
    verdict: canaryVerdictSchema,
    canary: sideSchema,
    inForce: sideSchema,
    checks: z.array(checkSchema),
  })
  .meta({ id: 'CanaryJudgement' });

export const policyCanarySchema = z
  .object({
    version: z.string(), // name@version
    against: z.string(), // name@version of what was in force when it began
    share: z.number(),
    unit: unitSchema,
    guardrails: canaryGuardrailsSchema,
    status: z.enum(['running', 'promoted', 'stopped']),
    startedBy: z.string(),
    startedAt: z.string(), // ISO 8601
    endedBy: z.string().nullable(), // e-mail address, or `guard` if it was stopped by itself
    endedAt: z.string().nullable(),
    reason: z.string().nullable(), // why it ended, one line each
    judgement: canaryJudgementSchema.nullable(), // the last one; null before there is one
  })
  .meta({ id: 'PolicyCanary' });

export type CanaryGuardrail = z.infer<typeof canaryGuardrailSchema>;
export type CanaryGuardrails = z.infer<typeof canaryGuardrailsSchema>;
export type StartCanary = z.infer<typeof startCanarySchema>;
export type EndCanary = z.infer<typeof endCanarySchema>;
export type CanaryFigure = z.infer<typeof figureSchema>;
export type CanarySide = z.infer<typeof sideSchema>;
export type CanaryVerdict = z.infer<typeof canaryVerdictSchema>;
export type CanaryCheck = z.infer<typeof checkSchema>;
export type CanaryJudgement = z.infer<typeof canaryJudgementSchema>;
export type PolicyCanary = z.infer<typeof policyCanarySchema>;
