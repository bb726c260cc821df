import { z } from 'zod';

/** A part of a message, an item of a conversation, a tool: what it is says its type, the rest is not the relay's to judge. */
const typedSchema = z.object({ type: z.string() });

/** A message may leave its type out. */
const responseItemSchema = z.object({
  type: z.string().nullish(),
  role: z.string().min(1).nullish(),
  content: z.union([z.string(), z.array(typedSchema), z.null()]).optional(),
});

/** What the relay itself needs of `POST /v1/responses`; it only checks, as the schema of chat completions does. */
export const responsesRequestSchema = z
  .object({
    model: z.string().min(1).max(256),
    input: z.union([z.string(), z.array(responseItemSchema), z.null()]).optional(),
    instructions: z.string().nullish(),
    tools: z.array(typedSchema).nullish(),
    tool_choice: z.union([z.string(), typedSchema, z.null()]).optional(),
    parallel_tool_calls: z.boolean().nullish(),
    text: z.object({ format: typedSchema.nullish(), verbosity: z.string().nullish() }).nullish(),
    reasoning: z.object({ effort: z.string().nullish() }).nullish(),
    max_output_tokens: z.int().positive().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    stream: z.boolean().nullish(),
    background: z.boolean().nullish(),
    store: z.boolean().nullish(),
    previous_response_id: z.string().nullish(),
    conversation: z.unknown().optional(),
    prompt: z.unknown().optional(),
    include: z.array(z.string()).nullish(),
    truncation: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    user: z.string().nullish(),
  })
  .refine(asksSomething, { path: ['input'], message: 'Invalid input: expected a string or a list of items' })
  .meta({ id: 'ResponsesRequest' });

/** Without an input of its own a request goes on with what is kept elsewhere. */
function asksSomething(body: Readonly<Record<string, unknown>>): boolean {
  return [body['input'], body['previous_response_id'], body['prompt'], body['conversation']].some(
    (source) => source !== undefined && source !== null,
  );
}
