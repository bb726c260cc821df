import { z } from 'zod';
import { decisionSchema, executionPlanSchema, routeCandidateSchema } from './execution-plan.schema';
import { OPERATION_SHAPES, OPERATIONS, type Operation } from './operations';
import { policyRefSchema } from './policy-api.schema';
import { traceRowSchema } from './trace.schema';

export const roleSchema = z.enum(['owner', 'operator', 'viewer', 'tenant-admin']);
export type Role = z.infer<typeof roleSchema>;

export const userViewSchema = z
  .object({ id: z.string(), email: z.string(), role: roleSchema, tenant: z.string().optional() })
  .meta({ id: 'User' });

export const loginRequestSchema = z
  .strictObject({ email: z.string().min(3).max(254), password: z.string().min(1).max(1024) })
  .meta({ id: 'LoginRequest' });

export const loginReplySchema = z
  .object({ accessToken: z.string(), expiresIn: z.number(), user: userViewSchema }) // expiresIn in seconds
  .meta({ id: 'LoginReply' });

const routeOf = (operation: Operation): string => `/v1/${OPERATION_SHAPES[operation].path}`;
const TAKING_JSON = OPERATIONS.filter((operation) => OPERATION_SHAPES[operation].body === 'json');

/** Routes whose requests can be explained: those that take JSON. */
export const explainEndpointSchema = z.enum(TAKING_JSON.map(routeOf));

/** What is asked at such a route; chat where none is named. */
export function operationAt(endpoint: string | undefined): Operation {
  return TAKING_JSON.find((operation) => routeOf(operation) === endpoint) ?? 'chat';
}

export const explainRequestSchema = z
  .strictObject({
    tenant: z.string(),
    /** Where the request would be sent; default: `/v1/chat/completions`. */
    endpoint: explainEndpointSchema.optional(),
    request: z.record(z.string(), z.unknown()),
    headers: z.record(z.string(), z.string()).optional(),
    /** Another policy than the one in force: a version, `file`, or a text. */
    policy: z.union([policyRefSchema, z.strictObject({ source: z.string() })]).optional(),
  })
  .meta({ id: 'ExplainRequest' });

export const explainReplySchema = z
  .object({
    policy: z.string(),
    signature: z.string(),
    plan: executionPlanSchema,
    decisions: z.array(decisionSchema),
    candidates: z.array(routeCandidateSchema),
    features: z.record(z.string(), z.unknown()),
    predicted: z.record(z.string(), z.number().nullable()), // of the first candidate
  })
  .meta({ id: 'ExplainReply' });

export const tracePageSchema = z
  .object({
    data: z.array(traceRowSchema),
    nextCursor: z.string().nullable(),
    wordsSearched: z.boolean().optional(), // where `q` or `text` was asked for; false: prompts and answers are sealed, or not for the reader: only rows were searched
  })
  .meta({ id: 'TracePage' });

export const configReloadReplySchema = z
  .object({ applied: z.boolean(), problems: z.array(z.string()) })
  .meta({ id: 'ConfigReloadReply' });

export const errorBodySchema = z
  .object({
    error: z.object({ message: z.string(), type: z.string(), code: z.string(), param: z.string().nullable() }),
  })
  .meta({ id: 'Error' });

export type UserView = z.infer<typeof userViewSchema>;
export type LoginRequest = z.infer<typeof loginRequestSchema>;
export type LoginReply = z.infer<typeof loginReplySchema>;
export type ExplainRequest = z.infer<typeof explainRequestSchema>;
export type ExplainReply = z.infer<typeof explainReplySchema>;
export type TracePage = z.infer<typeof tracePageSchema>;
export type ConfigReloadReply = z.infer<typeof configReloadReplySchema>;
