import { z } from 'zod';

export const serviceLevelSchema = z.enum(['interactive', 'standard', 'batch']);
export const queueClassSchema = z.enum(['short', 'long']);
export const semanticModeSchema = z.enum(['off', 'shadow', 'static', 'verified', 'validated']);

export const routeCandidateSchema = z.object({
  model: z.string(), // the configured model id, the name that apps ask for
  provider: z.string(), // provider id
  upstreamModel: z.string(), // the name the provider knows
  score: z.number(),
  terms: z.record(z.string(), z.number()),
});

export const rejectedCandidateSchema = z.object({
  model: z.string(),
  provider: z.string().nullable(),
  reason: z.string(),
});

/** Everything that was decided about how one request is served, before anything is called. Times in ms. */
export const executionPlanSchema = z
  .object({
    serviceLevel: serviceLevelSchema,
    queue: z.object({ class: queueClassSchema, weight: z.number() }),
    deadlineMs: z.number(),
    route: z.object({
      strategy: z.string(),
      candidates: z.array(routeCandidateSchema),
      rejected: z.array(rejectedCandidateSchema),
    }),
    decoding: z.object({ maxTokens: z.number().nullable(), overrides: z.record(z.string(), z.unknown()) }),
    cache: z.object({
      exact: z.object({ enabled: z.boolean(), ttlMs: z.number() }),
      semantic: z.object({ mode: semanticModeSchema }),
    }),
    retries: z.object({ maxAttempts: z.number(), fallbacks: z.number() }),
    payloadLogging: z.boolean(),
  })
  .meta({ id: 'ExecutionPlan' });

export const decisionSchema = z
  .object({
    rule: z.string(),
    verdict: z.enum(['matched', 'not-matched', 'skipped', 'error']),
    reason: z.string(),
    changed: z.array(z.string()), // paths of the plan, e.g. "route.candidates"
  })
  .meta({ id: 'Decision' });

export type ServiceLevel = z.infer<typeof serviceLevelSchema>;
export type QueueClass = z.infer<typeof queueClassSchema>;
export type RouteCandidate = z.infer<typeof routeCandidateSchema>;
export type RejectedCandidate = z.infer<typeof rejectedCandidateSchema>;
export type ExecutionPlan = z.infer<typeof executionPlanSchema>;
export type Decision = z.infer<typeof decisionSchema>;

/** A plan as it is stored: once per distinct content, referred to by `id` from every trace it served. */
export interface PlanDocument {
  readonly id: string; // SHA-256 (first 32 hex digits) of everything below
  readonly signature: string; // hash of what can change the answer; part of every cache key
  readonly policy: string; // name@version
  readonly plan: ExecutionPlan;
  readonly decisions: readonly Decision[];
}
