import { z } from 'zod';

export const serviceLevelSchema = z.enum(['interactive', 'standard', 'batch']);
export const queueClassSchema = z.enum(['short', 'long']);
export const semanticModeSchema = z.enum(['off', 'shadow', 'static', 'verified', 'validated']);
/** How two answers to similar prompts are found to say the same: letter by letter, by their embeddings, or by a model that is asked. */
export const judgeKindSchema = z.enum(['equality', 'embedding', 'llm']);
/** How a stored answer is streamed: at once, or with the pace at which it came. */
export const replayPaceSchema = z.enum(['instant', 'original']);

/** How candidates are ranked; a plan may also say `pinned`: the app asked for its model by name. */
export const routeStrategySchema = z.enum([
  'ordered',
  'weighted',
  'sticky',
  'cost',
  'content',
  'latency',
  'hybrid',
  'bandit',
  'cascade',
]);
export const unitSchema = z.enum(['tenant', 'user', 'key', 'request']); // what a sticky choice holds on to
/** What an app would rather have, where the policy weighs one against the other. */
export const preferenceSchema = z.enum(['quality', 'cost', 'latency']);
export const injectionActionSchema = z.enum(['off', 'log', 'tag', 'block']);
export const piiActionSchema = z.enum(['off', 'log', 'tag', 'redact', 'block']);
export const piiKindSchema = z.enum([
  'email',
  'phone',
  'card',
  'iban',
  'ip',
  'jwt',
  'private-key',
  'api-key',
  'us-ssn',
]);
/** What may be given up under load, in the order of the policy. */
export const degradeStepSchema = z.enum(['cheaper-model', 'shorter-answer', 'looser-cache', 'shed-batch']);

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
      /** Where data of this request may go; null: anywhere. Holds for all that is done on its behalf. */
      regions: z.array(z.string()).nullable(),
      providers: z.array(z.string()).nullable(),
      /** Answers are taken from the first candidate whose answer `accept` (CEL over `answer`) holds for. */
      cascade: z.object({ accept: z.string(), maxSteps: z.number() }).nullable(),
    }),
    decoding: z.object({ maxTokens: z.number().nullable(), overrides: z.record(z.string(), z.unknown()) }),
    cache: z.object({
      exact: z.object({
        enabled: z.boolean(),
        ttlMs: z.number(),
        staleMs: z.number(), // so long after the TTL an answer is still served while it is asked for anew (RFC 5861)
        refusalTtlMs: z.number(), // refusals that the same request would get again; 0: not kept
        coalesce: z.boolean(), // equal requests in flight share one upstream call
      }),
      semantic: z.object({
        mode: semanticModeSchema,
        threshold: z.number(), // static, validated: lowest cosine similarity
        maxErrorPerHit: z.number(), // verified
        ttlMs: z.number(),
        evidence: z.string(), // labels are pooled by tenant and this name
        maxTurns: z.number(), // of the user; longer conversations are not looked up
        maxTemperature: z.number(), // hotter requests are not looked up
        judge: z.object({ kind: judgeKindSchema, model: z.string().nullable(), minSimilarity: z.number() }),
        labelShare: z.number(), // of the misses with a neighbour, those that are judged
        recheckShare: z.number(), // of the hits, those that are asked again and judged
      }),
      version: z.string(), // part of every key; a new one leaves all entries before behind
      replay: replayPaceSchema,
      finishOnDisconnect: z.boolean(), // an answer whose client left is still fetched, for the cache
    }),
    retries: z.object({
      maxAttempts: z.number(),
      fallbacks: z.number(),
      budget: z.number(), // retries and hedges a provider may get, as a share of its first attempts
      /** A second candidate is asked when the first has not begun to answer; `afterMs` null: after its own P95. */
      hedge: z.object({ afterMs: z.number().nullable() }).nullable(),
    }),
    guards: z.object({
      injection: z.object({ action: injectionActionSchema, threshold: z.number() }),
      pii: z.object({ action: piiActionSchema, kinds: z.array(piiKindSchema), restore: z.boolean() }),
    }),
    degrade: z.array(degradeStepSchema),
    experiments: z.array(z.object({ id: z.string(), arm: z.string(), unit: unitSchema })),
    /** Of a line of a batch: whether it may be handed on to its provider's own batches. Absent: it may not. */
    batch: z.object({ offload: z.boolean() }).optional(),
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
export type RouteStrategy = z.infer<typeof routeStrategySchema>;
export type Preference = z.infer<typeof preferenceSchema>;
export type Unit = z.infer<typeof unitSchema>;
export type SemanticMode = z.infer<typeof semanticModeSchema>;
export type JudgeKind = z.infer<typeof judgeKindSchema>;
export type ReplayPace = z.infer<typeof replayPaceSchema>;
export type InjectionAction = z.infer<typeof injectionActionSchema>;
export type PiiAction = z.infer<typeof piiActionSchema>;
export type PiiKind = z.infer<typeof piiKindSchema>;
export type DegradeStep = z.infer<typeof degradeStepSchema>;
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
