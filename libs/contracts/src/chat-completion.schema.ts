import { z } from 'zod';

/**
 * What the relay itself needs of `POST /v1/chat/completions`. Everything else, known or not, reaches the upstream untouched:
 * the objects are loose on purpose.
 */
export const chatMessageSchema = z.looseObject({
  role: z.string().min(1),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() })), z.null()]).optional(),
});

export const chatCompletionRequestSchema = z
  .looseObject({
    model: z.string().min(1).max(256),
    messages: z.array(chatMessageSchema).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    max_tokens: z.int().positive().nullish(),
    max_completion_tokens: z.int().positive().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    n: z.int().min(1).max(128).nullish(),
    tools: z.array(z.looseObject({ type: z.string() })).nullish(),
    response_format: z.looseObject({ type: z.string() }).nullish(),
    user: z.string().nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });

export type ChatCompletionRequest = z.infer<typeof chatCompletionRequestSchema>;
export type ChatMessage = z.infer<typeof chatMessageSchema>;

export const modelListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(z.object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() })),
  })
  .meta({ id: 'ModelList' });

export type ModelList = z.infer<typeof modelListSchema>;
