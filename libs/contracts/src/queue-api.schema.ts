import { z } from 'zod';

/** The slots of one provider in the process that answers, and who waits for them there. */
export const poolViewSchema = z
  .object({
    id: z.string(), // provider id
    limit: z.number(),
    inUse: z.number(),
    waiting: z.object({ short: z.number(), long: z.number() }),
    tenants: z.array(z.object({ id: z.string(), waiting: z.number() })),
  })
  .meta({ id: 'Pool' });

export const poolPageSchema = z
  .object({ data: z.array(poolViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'PoolPage' });

export type PoolPage = z.infer<typeof poolPageSchema>;
