import { z } from 'zod';

/** What holds the number of calls at a time down: the configuration, slow answers, or 429s. */
export const limitReasonSchema = z.enum(['configured', 'adaptive', 'rate-limited']);

/** The slots of one provider: all of them, those of the process that answers, and who waits there. */
export const poolViewSchema = z
  .object({
    id: z.string(), // provider id
    limit: z.number(), // slots leased by this process
    poolLimit: z.number(), // slots of all processes together, at the moment
    configured: z.number(), // slots of all processes together, at most
    limitedBy: limitReasonSchema,
    /** Models of the provider that are not called before, because its headers say that nothing remains of their rate limit. */
    held: z.array(z.object({ model: z.string(), until: z.iso.datetime() })),
    processes: z.number(),
    inUse: z.number(),
    waiting: z.object({ short: z.number(), long: z.number() }),
    waitingByLevel: z.object({ interactive: z.number(), standard: z.number(), batch: z.number() }),
    tenants: z.array(z.object({ id: z.string(), waiting: z.number() })),
    degrading: z.boolean(), // the ladder of policies is in use
  })
  .meta({ id: 'Pool' });

export const poolPageSchema = z
  .object({ data: z.array(poolViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'PoolPage' });

export type LimitReason = z.infer<typeof limitReasonSchema>;
export type PoolPage = z.infer<typeof poolPageSchema>;
