import { sha256Hex } from '@relay/core';
import { isJsonObject, type JsonObject } from '../json/json-object';
import type { Usage } from '../usage';

/** Hex digits of an id, as many as OpenAI's own have. */
const ID_DIGITS = 48;
const INDEX_DIGITS = 4;

/** Who a response is that was made of a chat completion. */
export interface ResponseIdentity {
  readonly digest: string;
  /** Unix time, s. */
  readonly createdAt: number;
  readonly model: unknown;
}

/**
 * Some servers of chat count their answers or number them at random up to a thousand, so the question is part of the id as well: what
 * the chat completion and the question have in common with no other.
 */
export function identityOf({ id, created, model }: JsonObject, asked: JsonObject): ResponseIdentity {
  const digest = sha256Hex(JSON.stringify([id, created, asked])).slice(0, ID_DIGITS);
  return { digest, createdAt: typeof created === 'number' ? created : 0, model: model ?? asked['model'] };
}

export const itemId = (prefix: string, { digest }: ResponseIdentity, index: number): string =>
  `${prefix}_${digest}${index.toString(16).padStart(INDEX_DIGITS, '0')}`;

/** A response that has only begun, with what was asked for repeated as OpenAI does it. */
export function begunResponse(identity: ResponseIdentity, asked: JsonObject): JsonObject {
  const { digest, createdAt, model } = identity;
  const given = (field: string, otherwise: unknown): unknown => asked[field] ?? otherwise;
  return {
    id: `resp_${digest}`,
    object: 'response',
    created_at: createdAt,
    status: 'in_progress',
    background: given('background', false),
    error: null,
    incomplete_details: null,
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    max_tool_calls: given('max_tool_calls', null),
    model,
    output: [],
    parallel_tool_calls: given('parallel_tool_calls', true),
    previous_response_id: given('previous_response_id', null),
    prompt_cache_key: given('prompt_cache_key', null),
    reasoning: { effort: null, summary: null, ...objectOf(asked['reasoning']) },
    safety_identifier: given('safety_identifier', null),
    service_tier: given('service_tier', 'default'),
    store: given('store', true),
    temperature: given('temperature', 1),
    text: { ...objectOf(asked['text']), format: formatOf(asked['text']) },
    tool_choice: given('tool_choice', 'auto'),
    tools: given('tools', []),
    top_logprobs: given('top_logprobs', 0),
    top_p: given('top_p', 1),
    truncation: given('truncation', 'disabled'),
    usage: null,
    user: given('user', null),
    metadata: given('metadata', {}),
  };
}

export function responseUsage(usage: Usage): JsonObject {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens, cache_write_tokens: cacheWriteTokens ?? 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const formatOf = (text: unknown): unknown => objectOf(text)['format'] ?? { type: 'text' };
