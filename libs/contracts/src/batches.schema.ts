import { z } from 'zod';
import type { Operation } from './operations';
import { expiresAfterSchema } from './files.schema';
import { storableText } from './storable-text';

/** What a batch can ask, by the path that each of its lines names. */
export const BATCH_ENDPOINTS = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completions',
  '/v1/embeddings': 'embeddings',
  '/v1/responses': 'responses',
  '/v1/messages': 'messages',
} as const satisfies Record<string, Operation>;

export type BatchEndpoint = keyof typeof BATCH_ENDPOINTS;
const ENDPOINTS = Object.keys(BATCH_ENDPOINTS) as [BatchEndpoint, ...BatchEndpoint[]];
export const batchEndpointSchema = z.enum(ENDPOINTS);

/** As OpenAI bounds it: 16 pairs. */
const metadataSchema = z
  .record(storableText(64), storableText(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs');

export const createBatchSchema = z
  .object({
    input_file_id: z.string().min(1).max(128),
    endpoint: batchEndpointSchema,
    completion_window: z.literal('24h'),
    metadata: metadataSchema.nullish(),
    output_expires_after: expiresAfterSchema.nullish(),
  })
  .meta({ id: 'CreateBatch' });

export const batchStatusSchema = z.enum([
  'validating',
  'in_progress',
  'finalizing',
  'completed',
  'failed',
  'expired',
  'cancelling',
  'cancelled',
]);

const at = z.int().nullable(); // seconds since the epoch

/** Why a batch failed as a whole; what is wrong with one line stands in the error file. */
const batchProblemSchema = z.object({
  code: z.string(),
  message: z.string(),
  param: z.string().nullable(),
  line: z.int().nullable(),
});

export const batchUsageSchema = z.object({
  input_tokens: z.int().min(0),
  input_tokens_details: z.object({ cached_tokens: z.int().min(0) }),
  output_tokens: z.int().min(0),
  output_tokens_details: z.object({ reasoning_tokens: z.int().min(0) }),
  total_tokens: z.int().min(0),
});

export const batchObjectSchema = z
  .object({
    id: z.string(),
    object: z.literal('batch'),
    endpoint: batchEndpointSchema,
    errors: z.object({ object: z.literal('list'), data: z.array(batchProblemSchema) }).nullable(),
    input_file_id: z.string(),
    completion_window: z.literal('24h'),
    status: batchStatusSchema,
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.int(),
    in_progress_at: at,
    expires_at: at,
    finalizing_at: at,
    completed_at: at,
    failed_at: at,
    expired_at: at,
    cancelling_at: at,
    cancelled_at: at,
    request_counts: z.object({ total: z.int().min(0), completed: z.int().min(0), failed: z.int().min(0) }),
    usage: batchUsageSchema,
    metadata: metadataSchema.nullable(),
  })
  .meta({ id: 'Batch' });

export const batchListQuerySchema = z.object({
  after: storableText(128).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** One line of an input file. */
export const batchLineSchema = z.object({
  custom_id: z.string().min(1).max(512),
  method: z.literal('POST'),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
});

export type CreateBatch = z.infer<typeof createBatchSchema>;
export type BatchStatus = z.infer<typeof batchStatusSchema>;
export type BatchProblem = z.infer<typeof batchProblemSchema>;
export type BatchUsage = z.infer<typeof batchUsageSchema>;
export type BatchObject = z.infer<typeof batchObjectSchema>;
export type BatchListQuery = z.infer<typeof batchListQuerySchema>;
