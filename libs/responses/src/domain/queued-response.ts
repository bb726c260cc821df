import type { JsonObject } from '@relay/protocols';
import type { Echo } from './echo';
import type { FinalStatus } from './response-status';

/** What a response says of its request, and what it says where the request does not (OpenAI's own defaults). */
const ASKED_FIELDS: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  model: null,
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  service_tier: 'auto',
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

/** A response that nobody has begun to make. */
export function queuedResponse(asked: JsonObject, echo: Required<Echo>): JsonObject {
  const told: JsonObject = {};
  for (const [name, fallback] of Object.entries(ASKED_FIELDS)) told[name] = asked[name] ?? fallback;
  return {
    object: 'response',
    ...echo,
    status: 'queued',
    ...{ error: null, incomplete_details: null, output: [], usage: null },
    ...told,
  };
}

/** Why a response in the background did not come about; codes are OpenAI's. */
export interface ResponseFailure {
  readonly code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';
  readonly message: string;
}

const INVALID: ReadonlySet<number> = new Set([400, 404, 413, 415, 422]);

/** The failure that a refusal with this status comes to. */
export function failureOf(status: number, message: string): ResponseFailure {
  if (status === 429) return { code: 'rate_limit_exceeded', message };
  return { code: INVALID.has(status) ? 'invalid_prompt' : 'server_error', message };
}

/** What it comes to, in the shape of what it was before. */
export function failedResponse(before: JsonObject, error: ResponseFailure): JsonObject {
  return { ...before, status: 'failed' satisfies FinalStatus, error };
}
