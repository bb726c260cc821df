import { piiKindSchema } from '@relay/contracts';
import { z } from 'zod';

const days = z.int().positive().max(3_650);

/** What is remembered of requests. */
export const tracesSchema = z
  .strictObject({
    retentionDays: days.default(30),
    payloads: z // messages and answers, where the policy has them kept
      .strictObject({
        retentionDays: days.optional(), // default: as traces, which are kept no shorter
        redact: z.array(piiKindSchema).default([]), // replaced before anything is kept
      })
      .prefault({}),
  })
  .prefault({});

/** What a tenant has to say of that. */
export const tenantPayloadsSchema = z
  .strictObject({ keep: z.boolean().default(true) }) // false: never, whatever the policy says
  .prefault({});
