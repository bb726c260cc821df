import { z } from 'zod';

/** Answers of `POST /v1/responses` that clients can come back to. */
export const responsesSchema = z
  .strictObject({
    store: z.boolean().default(true), // false: nothing is kept, whatever a request asks for
    retentionDays: z.int().positive().max(3_650).default(30),
    maxBytesPerTenant: z.int().positive().default(1_073_741_824), // the oldest go first
  })
  .prefault({});
