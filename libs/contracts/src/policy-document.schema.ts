import { z } from 'zod';
import {
  degradeStepSchema,
  injectionActionSchema,
  judgeKindSchema,
  piiActionSchema,
  piiKindSchema,
  replayPaceSchema,
  routeStrategySchema,
  semanticModeSchema,
  serviceLevelSchema,
  unitSchema,
} from './execution-plan.schema';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const MAX_DURATION_MS = 3_650 * 86_400_000; // ten years: beyond it something was mistyped
const MAX_HEDGE_MS = 600_000;
const MAX_REFUSAL_TTL_MS = 600_000; // whoever mends the upstream must not wait long for it to show
export const MAX_POLICY_VERSION = 2_147_483_646; // of a database integer, one less so that there is a next one

/** `500ms`, `30s`, `15m`, `1h`, `7d` or a number of milliseconds; gives milliseconds. */
const durationUpTo = (maxMs: number) =>
  z
    .union([
      z.number().nonnegative(),
      z.string().regex(/^\d{1,15}(\.\d{1,15})?(ms|s|m|h|d)$/, 'a duration such as 500ms, 30s, 15m, 1h or 7d'),
    ])
    .transform((value) => {
      if (typeof value === 'number') return value;
      const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(value) ?? [];
      return Number(amount) * (UNIT_MS[unit ?? ''] ?? 1);
    })
    .refine((ms) => ms <= maxMs, `a duration of at most ${maxMs / 1_000} s`);

export const durationSchema = durationUpTo(MAX_DURATION_MS);

/** What a policy may not override, because cache key, guards and plan were made for what the app sent. */
/** What guards have judged by then, in whatever protocol, and what the relay decides itself. */
const NOT_TO_OVERRIDE = [
  ...['model', 'messages', 'input', 'prompt', 'instructions', 'system', 'stream', 'stream_options', '__proto__'],
];

/** Parameters put into the request; values as JSON has them. */
const overridesSchema = z
  .record(z.string().max(128), z.json())
  .refine(
    (overrides) => !NOT_TO_OVERRIDE.some((name) => Object.hasOwn(overrides, name)),
    `any parameters but ${NOT_TO_OVERRIDE.slice(0, -1).join(', ')}`,
  );

const share = z.number().min(0).max(1);
const weight = z.number().min(0).max(1_000);

const nameSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, ".", "_" and "-", at most 64');

/** What a rule may change of a plan; absent fields stay as they are. */
export const planPatchSchema = z.strictObject({
  serviceLevel: serviceLevelSchema.optional(),
  deadlineMs: z.int().positive().max(3_600_000).optional(),
  queue: z
    .strictObject({ class: z.enum(['short', 'long']).optional(), weight: z.number().positive().max(1000).optional() })
    .optional(),
  route: z
    .strictObject({
      candidates: z.array(z.string().min(1)).min(1).max(64).optional(),
      fallbacks: z.array(z.string().min(1)).max(16).optional(), // tried in this order when the candidates fail
      strategy: routeStrategySchema.optional(),
      qualityFloor: share.optional(), // cost, cascade, bandit: expected quality that a first choice must have
      weights: z // hybrid
        .strictObject({
          quality: weight.optional(),
          cost: weight.optional(), // per USD of 1,000 such requests
          latency: weight.optional(), // per second
          load: weight.optional(), // per full use of the target's slots
        })
        .optional(),
      unit: unitSchema.optional(), // sticky
      explore: share.optional(), // bandit: at most this share of the requests goes to another than the best so far
      regions: z.array(z.string().min(1).max(64)).min(1).max(32).optional(), // data may only go to these
      providers: z.array(z.string().min(1)).min(1).max(64).optional(), // data may only go to these
      cascade: z
        .strictObject({ accept: z.string().min(1).max(4_000), maxSteps: z.int().min(1).max(5).optional() })
        .optional(),
    })
    .optional(),
  decoding: z
    .strictObject({ maxTokens: z.int().positive().optional(), overrides: overridesSchema.optional() })
    .optional(),
  cache: z
    .strictObject({
      exact: z
        .strictObject({
          enabled: z.boolean().optional(),
          ttl: durationSchema.optional(),
          staleWhileRevalidate: durationSchema.optional(),
          refusalTtl: durationUpTo(MAX_REFUSAL_TTL_MS).optional(),
          coalesce: z.boolean().optional(),
        })
        .optional(),
      semantic: z
        .strictObject({
          mode: semanticModeSchema.optional(),
          threshold: share.optional(), // cosine similarity; static and validated
          maxErrorPerHit: z.number().min(0.001).max(0.5).optional(), // verified
          ttl: durationSchema.optional(),
          evidence: nameSchema.optional(),
          maxTurns: z.int().min(1).max(50).optional(),
          maxTemperature: z.number().min(0).max(2).optional(),
          judge: z
            .strictObject({
              kind: judgeKindSchema.optional(),
              model: z.string().min(1).max(128).optional(), // llm, and the verifier of `validated`
              minSimilarity: share.optional(), // embedding
            })
            .optional(),
          labelShare: share.optional(),
          recheckShare: share.optional(),
        })
        .optional(),
      version: nameSchema.optional(),
      replay: replayPaceSchema.optional(),
      finishOnDisconnect: z.boolean().optional(),
    })
    .optional(),
  retries: z
    .strictObject({
      maxAttempts: z.int().min(1).max(10).optional(),
      fallbacks: z.int().min(0).max(10).optional(),
      budget: share.optional(),
      hedge: z
        .strictObject({ after: z.union([durationUpTo(MAX_HEDGE_MS), z.literal('p95')]) })
        .nullable()
        .optional(),
    })
    .optional(),
  guards: z
    .strictObject({
      injection: z.strictObject({ action: injectionActionSchema.optional(), threshold: share.optional() }).optional(),
      pii: z
        .strictObject({
          action: piiActionSchema.optional(),
          kinds: z.array(piiKindSchema).min(1).optional(),
          restore: z.boolean().optional(), // redact: put the originals back into the answer
        })
        .optional(),
    })
    .optional(),
  batch: z.strictObject({ offload: z.boolean().optional() }).optional(), // lines of batches may go to their provider's own batches
  payloadLogging: z.boolean().optional(),
});

export const experimentSchema = z.strictObject({
  id: nameSchema,
  unit: unitSchema.default('user'),
  arms: z
    .array(
      z.strictObject({ name: nameSchema.optional(), weight: z.number().min(0).max(1_000_000), then: planPatchSchema }),
    )
    .min(2)
    .max(16),
});

export const policyRuleSchema = z
  .strictObject({
    id: nameSchema,
    description: z.string().max(500).optional(),
    when: z.string().min(1).max(4_000),
    then: planPatchSchema.optional(),
    experiment: experimentSchema.optional(), // its arm is applied after `then`
    final: z.boolean().optional(),
  })
  .refine((rule) => rule.then !== undefined || rule.experiment !== undefined, 'a `then`, an `experiment`, or both');

const MAX_RULES = 500;
const rulesSchema = z.array(policyRuleSchema).max(MAX_RULES);

/** `auto`: worked out where a rule, a guard or the strategy in force reads it. */
const analysisSwitchSchema = z.enum(['auto', 'on', 'off']).default('auto');
export const analysesSchema = z.strictObject({
  task: analysisSwitchSchema,
  language: analysisSwitchSchema,
  complexity: analysisSwitchSchema,
  injection: analysisSwitchSchema,
  pii: analysisSwitchSchema,
});

/** What holds for one tenant alone: its defaults patch the document's, its rules come after all others, `final` ones too. */
export const tenantPolicySchema = z.strictObject({
  defaults: planPatchSchema.default({}),
  rules: rulesSchema.default([]),
});

export const policyDocumentSchema = z
  .strictObject({
    name: nameSchema,
    version: z.int().positive().max(MAX_POLICY_VERSION),
    description: z.string().max(2_000).optional(),
    defaults: planPatchSchema.default({}),
    rules: rulesSchema.default([]),
    tenants: z.record(z.string().min(1).max(128), tenantPolicySchema).default({}),
    degrade: z.array(degradeStepSchema).default([]),
    features: analysesSchema.prefault({}),
  })
  .meta({ id: 'PolicyDocument' });

/** A file that another names under `include`: its parts come before those of the file that includes it. */
export const policyFragmentSchema = policyDocumentSchema.omit({ name: true, version: true });

export type PlanPatch = z.infer<typeof planPatchSchema>;
export type PolicyRule = z.infer<typeof policyRuleSchema>;
export type Experiment = z.infer<typeof experimentSchema>;
export type Analysis = keyof z.infer<typeof analysesSchema>;
export type TenantPolicy = z.infer<typeof tenantPolicySchema>;
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;
export type PolicyFragment = z.infer<typeof policyFragmentSchema>;
