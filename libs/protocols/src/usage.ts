import { isJsonObject } from './json/json-object';

/** Tokens of one call as the provider counted them. Cached is a part of input, reasoning a part of output: nothing is counted twice. */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Of the input: written to the provider's prompt cache for this call. Absent where nobody tells. */
  readonly cacheWriteTokens?: number;
  /** Of the input and of the output: audio, where it is priced apart. */
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
}

/** An OpenAI `usage` object (chat or responses names); null if it counts nothing. Zero is a count, not a gap. */
export function readUsage(usage: unknown): Usage | null {
  if (!isJsonObject(usage)) return null;
  const input = count(usage['prompt_tokens']) ?? count(usage['input_tokens']);
  const output = count(usage['completion_tokens']) ?? count(usage['output_tokens']);
  if (input === null && output === null) return null;
  const inputDetails = usage['prompt_tokens_details'] ?? usage['input_tokens_details'];
  const outputDetails = usage['completion_tokens_details'] ?? usage['output_tokens_details'];
  return {
    inputTokens: input ?? 0,
    cachedInputTokens: detail(inputDetails, 'cached_tokens') ?? count(usage['prompt_cache_hit_tokens']) ?? 0, // the latter: DeepSeek
    outputTokens: output ?? 0,
    reasoningTokens: detail(outputDetails, 'reasoning_tokens') ?? 0,
  };
}

/** No answer has more tokens; PostgreSQL's integer is the bound. What is beyond is nonsense and counts as not said. */
const MAX_TOKENS = 2_147_483_647;

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS ? value : null;
}

function detail(details: unknown, key: string): number | null {
  return isJsonObject(details) ? count(details[key]) : null;
}
