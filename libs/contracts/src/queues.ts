import { z } from 'zod';

/** Queue names: the only place they are written. */
export const QUEUES = {
  inferenceShort: 'inference-short',
  inferenceLong: 'inference-long',
  maintenance: 'maintenance',
  cacheWarm: 'cache-warm',
  cacheInvalidate: 'cache-invalidate',
  responses: 'responses',
  batches: 'batches',
} as const;

export type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** A waiting request's place in line. It holds no prompt: the process that holds the client's connection makes the call. */
export const ticketSchema = z.object({
  pool: z.string(),
  tenant: z.string(),
  class: z.enum(['short', 'long']),
  owner: z.string(), // process id of the owner, unique per start
  cost: z.number(), // predicted tokens: input + 2 x output
  level: z.enum(['interactive', 'standard', 'batch']),
  tag: z.number(), // start tag, weighted tokens
});

export type Ticket = z.infer<typeof ticketSchema>;

/** How far a warming was when its turn was over. */
const warmingProgressSchema = z.object({
  asked: z.int().min(0),
  cached: z.int().min(0),
  failed: z.int().min(0),
  failedInARow: z.int().min(0),
});

export type WarmingProgress = z.infer<typeof warmingProgressSchema>;

/** Requests to be asked ahead of need; they lie in the table `cache_warmings`, under the job's id. */
export const warmingJobSchema = z.object({ warming: z.uuid(), progress: warmingProgressSchema.optional() });

export type WarmingJob = z.infer<typeof warmingJobSchema>;

/** Void copies to be removed; what they are lies in the table `cache_invalidations`, under the job's id. */
export const invalidationJobSchema = z.object({ invalidation: z.uuid() });

export type InvalidationJob = z.infer<typeof invalidationJobSchema>;

/** One of the lanes that ask the lines of a batch, one line after the other. Lane 0 also reads the input and writes the output. */
export const batchJobSchema = z.object({ batch: z.string().max(64), lane: z.int().min(0) });

export type BatchJob = z.infer<typeof batchJobSchema>;

/** A response that is made in the background; what was asked lies in the table `responses`, under the job's id. */
export const responseJobSchema = z.object({ tenant: z.string().min(1), response: z.string().min(1) });

export type ResponseJob = z.infer<typeof responseJobSchema>;

export const MAINTENANCE_JOBS = {
  tracePartitions: 'trace-partitions',
  cache: 'cache',
  batches: 'batches',
  responses: 'responses',
  alerts: 'alerts',
  usage: 'usage',
  policyCanary: 'policy-canary',
} as const;
export type MaintenanceJob = (typeof MAINTENANCE_JOBS)[keyof typeof MAINTENANCE_JOBS];
