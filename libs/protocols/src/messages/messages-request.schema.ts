import { z } from 'zod';

/** A block of a message: text, an image, a call of a tool, its result, whatever Anthropic may invent. */
const blockSchema = z.object({ type: z.string() });
const contentSchema = z.union([z.string(), z.array(blockSchema)]);

/**
 * What the relay itself needs of `POST /v1/messages`. It only checks: everything else, known or not, reaches a provider that speaks
 * this protocol untouched. `max_tokens` may be absent, as it is where tokens are only counted; Anthropic itself asks for it.
 */
export const messagesRequestSchema = z
  .object({
    model: z.string().min(1).max(256),
    messages: z.array(z.object({ role: z.string().min(1), content: contentSchema })).min(1),
    max_tokens: z.int().positive().nullish(),
    system: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]).nullish(),
    stream: z.boolean().nullish(),
    stop_sequences: z.array(z.string()).nullish(),
    temperature: z.number().min(0).max(1).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    top_k: z.int().min(0).nullish(),
    tools: z.array(z.object({ type: z.string().nullish(), name: z.string().optional() })).nullish(),
    tool_choice: z
      .object({ type: z.string(), name: z.string().optional(), disable_parallel_tool_use: z.boolean().nullish() })
      .nullish(),
    thinking: z.object({ type: z.string(), budget_tokens: z.number().nullish() }).nullish(),
    output_config: z
      .object({ effort: z.string().nullish(), format: z.object({ type: z.string() }).nullish() })
      .nullish(),
    metadata: z.object({ user_id: z.string().nullish() }).nullish(),
  })
  .meta({ id: 'MessagesRequest' });
