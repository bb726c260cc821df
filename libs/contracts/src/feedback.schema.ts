import { z } from 'zod';

/** `POST /v1/feedback`: what a person or a check thinks of one answer, from -1 (useless) to 1 (right). */
export const feedbackRequestSchema = z
  .strictObject({
    trace_id: z.uuid(),
    score: z.number().min(-1).max(1),
    comment: z.string().max(2_000).optional(),
    bad_hit: z.boolean().optional(), // true: the cache served something wrong; it does so no more
  })
  .meta({ id: 'FeedbackRequest' });

export type FeedbackRequest = z.infer<typeof feedbackRequestSchema>;
