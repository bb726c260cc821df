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

/** `POST /api/traces/{id}/feedback`: the same, by somebody in the console. Their last word on an answer counts. */
export const traceVerdictSchema = feedbackRequestSchema
  .pick({ score: true, comment: true })
  .meta({ id: 'TraceVerdict' });

/** What was kept. */
export const keptVerdictSchema = z
  .object({ id: z.string(), traceId: z.string(), score: z.number() })
  .meta({ id: 'KeptVerdict' });

export type TraceVerdict = z.infer<typeof traceVerdictSchema>;
export type KeptVerdict = z.infer<typeof keptVerdictSchema>;
