import { z } from 'zod';

/**
 * What the relay itself needs of `POST /v1/chat/completions`. Everything else, known or not, reaches the upstream untouched.
 * The schema only checks: what goes on is the parsed body, not the schema's copy, which knows no unknown fields (copying
 * them would cost 5 µs each, and a body may have a hundred thousand).
 */
export const chatMessageSchema = z.object({
  role: z.string().min(1),
  content: z.union([z.string(), z.array(z.object({ type: z.string() })), z.null()]).optional(),
});

export const chatCompletionRequestSchema = z
  .object({
    model: z.string().min(1).max(256),
    messages: z.array(chatMessageSchema).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    max_tokens: z.int().positive().nullish(),
    max_completion_tokens: z.int().positive().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    n: z.int().min(1).max(128).nullish(),
    tools: z.array(z.object({ type: z.string() })).nullish(),
    response_format: z.object({ type: z.string() }).nullish(),
    user: z.string().nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });

/** An object whose unknown fields are still there. */
type Open<T> = T & Readonly<Record<string, unknown>>;
type Checked = z.infer<typeof chatCompletionRequestSchema>;

export type ContentPart = Open<{ type: string }>;
export type ChatMessage = Open<{ role: string; content?: string | ContentPart[] | null }>;
export type ChatCompletionRequest = Open<Omit<Checked, 'messages'> & { messages: ChatMessage[] }>;

export const modelListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(z.object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() })),
  })
  .meta({ id: 'ModelList' });

export type ModelList = z.infer<typeof modelListSchema>;
