import { z } from 'zod';
import { storableText } from './storable-text';

/** What a file is for, as OpenAI names it. The relay itself reads those for `batch`; the others are kept for whoever uploaded them. */
export const FILE_PURPOSES = ['batch', 'assistants', 'user_data', 'vision', 'evals', 'fine-tune'] as const;
/** What the relay wrote itself. */
export const BATCH_OUTPUT = 'batch_output';

export const filePurposeSchema = z.enum(FILE_PURPOSES);
const anyPurposeSchema = z.enum([...FILE_PURPOSES, BATCH_OUTPUT]);

/** In seconds, as OpenAI bounds it: an hour to thirty days. */
export const expiresAfterSchema = z.object({
  anchor: z.literal('created_at'),
  seconds: z.coerce.number().int().min(3_600).max(2_592_000),
});

export const fileObjectSchema = z
  .object({
    id: z.string(),
    object: z.literal('file'),
    bytes: z.int().min(0),
    created_at: z.int(), // seconds since the epoch
    expires_at: z.int().nullish(),
    filename: z.string(),
    purpose: anyPurposeSchema,
    status: z.literal('processed'), // OpenAI's clients wait for it; a file that is not whole is not shown
  })
  .meta({ id: 'FileObject' });

const cursor = { after: storableText(128).optional() };

export const fileListQuerySchema = z.object({
  ...cursor,
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  order: z.enum(['asc', 'desc']).default('desc'),
  purpose: anyPurposeSchema.optional(),
});

export type FilePurpose = z.infer<typeof anyPurposeSchema>;
export type FileObject = z.infer<typeof fileObjectSchema>;
export type FileListQuery = z.infer<typeof fileListQuerySchema>;
export type ExpiresAfter = z.infer<typeof expiresAfterSchema>;
