import { z } from 'zod';
import { semanticModeSchema, serviceLevelSchema } from './execution-plan.schema';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `30s`, `15m`, `1h`, `7d` or a number of milliseconds; gives milliseconds. */
export const durationSchema = z
  .union([
    z.number().nonnegative(),
    z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a duration such as 500ms, 30s, 15m, 1h or 7d'),
  ])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(value) ?? [];
    return Number(amount) * (UNIT_MS[unit ?? ''] ?? 1);
  });

/** What a rule may change of a plan; absent fields stay as they are. */
export const planPatchSchema = z.strictObject({
  serviceLevel: serviceLevelSchema.optional(),
  deadlineMs: z.int().positive().max(3_600_000).optional(),
  queue: z
    .strictObject({ class: z.enum(['short', 'long']).optional(), weight: z.number().positive().max(1000).optional() })
    .optional(),
  route: z
    .strictObject({
      candidates: z.array(z.string().min(1)).min(1).optional(),
      strategy: z.enum(['ordered', 'weighted', 'cost']).optional(),
    })
    .optional(),
  decoding: z
    .strictObject({ maxTokens: z.int().positive().optional(), overrides: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  cache: z
    .strictObject({
      exact: z.strictObject({ enabled: z.boolean().optional(), ttl: durationSchema.optional() }).optional(),
      semantic: z.strictObject({ mode: semanticModeSchema.optional() }).optional(),
    })
    .optional(),
  retries: z
    .strictObject({ maxAttempts: z.int().min(1).max(10).optional(), fallbacks: z.int().min(0).max(10).optional() })
    .optional(),
  payloadLogging: z.boolean().optional(),
});

export const policyRuleSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, ".", "_" and "-", at most 64'),
  description: z.string().max(500).optional(),
  when: z.string().min(1).max(4_000),
  then: planPatchSchema,
  final: z.boolean().optional(),
});

export const policyDocumentSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, ".", "_" and "-", at most 64'),
    version: z.int().positive(),
    description: z.string().max(2_000).optional(),
    defaults: planPatchSchema.default({}),
    rules: z.array(policyRuleSchema).max(500).default([]),
  })
  .meta({ id: 'PolicyDocument' });

export type PlanPatch = z.infer<typeof planPatchSchema>;
export type PolicyRule = z.infer<typeof policyRuleSchema>;
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;
