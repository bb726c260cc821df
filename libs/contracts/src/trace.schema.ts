import { z } from 'zod';
import { decisionSchema, executionPlanSchema, routeCandidateSchema } from './execution-plan.schema';

export const cacheResultSchema = z.enum(['exact-l1', 'exact-l2', 'semantic', 'coalesced', 'miss', 'bypass']);
export const queueResultSchema = z.enum(['none', 'short', 'long']);
export const traceStatusSchema = z.enum(['ok', 'error', 'rejected', 'aborted']);

/** One request as lists show it. Durations in ms, money in USD as decimal strings, times in ISO 8601. */
export const traceRowSchema = z
  .object({
    id: z.string(),
    requestId: z.string(),
    at: z.string(),
    tenant: z.string().nullable(),
    keyId: z.string().nullable(),
    endpoint: z.string().nullable(), // the route, e.g. /v1/chat/completions
    model: z.string().nullable(), // asked for
    servedModel: z.string().nullable(),
    provider: z.string().nullable(),
    status: traceStatusSchema,
    httpStatus: z.number(),
    errorCode: z.string().nullable(),
    stream: z.boolean(),
    cache: cacheResultSchema,
    queue: queueResultSchema,
    queueMs: z.number(),
    ttftMs: z.number().nullable(),
    totalMs: z.number(),
    inputTokens: z.number().nullable(),
    cachedInputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    usageEstimated: z.boolean(), // the upstream told no usage: tokens and cost were counted by the relay
    costUsd: z.string().nullable(), // null: no price is known
    savedUsd: z.string().nullable(),
    policy: z.string().nullable(),
    plan: z.string().nullable(), // signature
    degraded: z.array(z.string()),
    attempts: z.number(),
    tags: z.array(z.string()).optional(), // absent: none
    user: z.string().optional(), // x-relay-user, as the app gave it
    excerpt: z.string().optional(), // of prompt or answer, where a search found the row by their words; matches in «»
  })
  .meta({ id: 'TraceRow' });

export const traceStageSchema = z.object({
  name: z.string(),
  startMs: z.number(), // since the request arrived
  durationMs: z.number(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** One call of an upstream, or a try at one. Tokens and cost are unknown of calls that broke off or were not made. */
export const traceAttemptSchema = z.object({
  provider: z.string(),
  model: z.string(), // the name the provider knows
  outcome: z.string(), // ok, an error code, not_accepted, hedge_lost; not called: breaker_open, out_of_service
  upstreamStatus: z.number().nullable(),
  startMs: z.number(), // since the request arrived
  durationMs: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.string().nullable(),
});

/** What an app, a check or a person said of the answer. */
export const traceFeedbackSchema = z.object({
  id: z.string(),
  at: z.string(),
  score: z.number(), // -1..1
  comment: z.string().nullable(),
  user: z.string().nullable(),
  keyId: z.string(),
});

export const traceDetailSchema = traceRowSchema
  .extend({
    error: z.string().nullable(), // message, as the client saw it
    cacheSource: z.string().nullable(), // the trace whose answer a hit was served from
    cacheEntry: z.string().nullable(), // the entry that was served; POST /api/cache/entries/{id}/bad-hit takes it
    similarity: z.number().nullable(), // cosine, of a semantic hit
    priceVersion: z.string().nullable(), // what it was charged by: the catalogue and its version, or relay.yaml and a hash
    savedMs: z.number().nullable(), // what a hit spared, by the time the answer took when it was made
    plan: executionPlanSchema.nullable(),
    signature: z.string().nullable(),
    decisions: z.array(decisionSchema),
    candidates: z.array(routeCandidateSchema),
    stages: z.array(traceStageSchema),
    attemptLog: z.array(traceAttemptSchema), // in the order in which they ended
    features: z.record(z.string(), z.unknown()),
    predicted: z.record(z.string(), z.number().nullable()),
    actual: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
    payload: z.object({ request: z.unknown(), response: z.unknown() }).nullable(), // null: nothing is kept, or one of these
    payloadSealed: z.boolean().optional(), // true: it is kept, under an encryption key that this process does not have
    payloadHidden: z.boolean().optional(), // true: it is kept, and not for the reader's role
    feedback: z.array(traceFeedbackSchema).optional(), // on the answer: also what was said where the same one was served again
  })
  .meta({ id: 'TraceDetail' });

export type CacheResult = z.infer<typeof cacheResultSchema>;
export type QueueResult = z.infer<typeof queueResultSchema>;
export type TraceStatus = z.infer<typeof traceStatusSchema>;
export type TraceRow = z.infer<typeof traceRowSchema>;
export type TraceDetail = z.infer<typeof traceDetailSchema>;
export type TraceAttempt = z.infer<typeof traceAttemptSchema>;
export type TraceFeedback = z.infer<typeof traceFeedbackSchema>;
export type TraceStage = z.infer<typeof traceStageSchema>;
