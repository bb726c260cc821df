import { z } from 'zod';
import { isTextInput, TEXT_INPUT, type TextInput } from './text-input';

/** Most alternatives of one answer, and of what they are chosen from. */
const MAX_ALTERNATIVES = 128;

/** What the relay itself needs of `POST /v1/completions`; it only checks, as for chat. */
export const textCompletionRequestSchema = z
  .object({
    model: z.string().min(1).max(256),
    prompt: z.custom<TextInput>(isTextInput, `expected ${TEXT_INPUT}`).meta({ description: TEXT_INPUT }),
    suffix: z.string().nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    max_tokens: z.int().nonnegative().nullish(), // none: to score a prompt with `echo`
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    n: z.int().min(1).max(MAX_ALTERNATIVES).nullish(),
    best_of: z.int().min(1).max(MAX_ALTERNATIVES).nullish(),
    echo: z.boolean().nullish(),
    logprobs: z.int().nonnegative().nullish(),
    user: z.string().nullish(),
  })
  .meta({ id: 'TextCompletionRequest' });

export type TextCompletionRequest = z.infer<typeof textCompletionRequestSchema> & Readonly<Record<string, unknown>>;
