import type { ChatCompletionRequest } from '@relay/contracts';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { chatMessages } from './chat-messages';
import { chatFormat, chatTool, chatToolChoice, present } from './chat-tools';

const LOG_PROBABILITIES = 'message.output_text.logprobs';

/**
 * Fields that say something else in chat, or nothing at all. All others, known or not, pass. `metadata` is only repeated in the answer;
 * `truncation` and `max_tool_calls` bound what a provider of chat does not do. The last ones are chat's own: a response has none of them,
 * nobody has checked them here, and plans would count with them.
 */
const TRANSLATED = [
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'max_output_tokens',
  'include',
  'stream_options',
  'background',
  'store',
  'previous_response_id',
  'conversation',
  'prompt',
  'context_management',
  'moderation',
  'metadata',
  'truncation',
  'max_tool_calls',
  'prompt_cache_options',
  ...['messages', 'n', 'max_tokens', 'max_completion_tokens', 'response_format', 'reasoning_effort', 'verbosity'],
  ...['logprobs', 'functions', 'function_call'],
] as const;

/** What is asked, as a chat completion: all of it that chat can say. */
export function responseToChatRequest(body: JsonObject): ChatCompletionRequest {
  const others: JsonObject = { ...body };
  for (const field of TRANSLATED) delete others[field];
  const { text, reasoning, include, stream } = body;
  const effort = isJsonObject(reasoning) ? reasoning['effort'] : undefined;
  const { format, verbosity } = isJsonObject(text) ? text : {};
  const tellsLikelihoods = Array.isArray(include) && include.includes(LOG_PROBABILITIES);
  return {
    ...present(others),
    messages: chatMessages(body['instructions'], body['input']),
    ...present({
      ...toolFields(body),
      ...capField(body['max_output_tokens'], effort),
      response_format: chatFormat(format),
      verbosity,
      reasoning_effort: effort,
      logprobs: tellsLikelihoods || body['top_logprobs'] ? true : undefined,
      stream_options: stream === true ? { include_usage: true } : undefined, // a response always tells its usage
    }),
  } as unknown as ChatCompletionRequest;
}

/** Servers of chat refuse an empty list of tools, and a choice without any. */
function toolFields(body: JsonObject): JsonObject {
  const tools = jsonObjects(body['tools']).map(chatTool);
  if (tools.length === 0) return {};
  const { tool_choice: choice, parallel_tool_calls: parallel } = body;
  return { tools, tool_choice: chatToolChoice(choice), parallel_tool_calls: parallel };
}

/** Models that reason know the newer name alone, many servers of chat the older one alone. */
function capField(cap: unknown, effort: unknown): JsonObject {
  return typeof effort === 'string' ? { max_completion_tokens: cap } : { max_tokens: cap };
}
