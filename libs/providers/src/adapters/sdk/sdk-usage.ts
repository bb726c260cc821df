import type { LanguageModelV3Usage } from '@ai-sdk/provider';
import { isJsonObject, jsonObjects, type JsonObject, partsOnce, tokenCount, type Usage } from '@relay/protocols';

/** Null if nothing was counted. Zero is a count; what no answer can have counts as not told. */
export function usageOf({ inputTokens, outputTokens, raw }: LanguageModelV3Usage): Usage | null {
  const [input, output] = [tokenCount(inputTokens.total), tokenCount(outputTokens.total)];
  if (input === null && output === null) return null;
  const cached = tokenCount(inputTokens.cacheRead) ?? tokens(raw?.['cached_tokens']); // the latter: Cohere's, which its package leaves out
  return partsOnce({
    inputTokens: input ?? 0,
    cachedInputTokens: cached,
    outputTokens: output ?? 0,
    reasoningTokens: tokens(outputTokens.reasoning),
    ...written(tokens(inputTokens.cacheWrite), raw ?? {}),
  });
}

/** What was written to the prompt cache, and how much of it to be kept for an hour, which costs more: as Anthropic and as Bedrock tell it. */
function written(cacheWriteTokens: number, raw: JsonObject): Partial<Usage> {
  if (cacheWriteTokens === 0) return {};
  const { cache_creation: byTime, cacheDetails: details } = raw;
  const ofAnthropic = isJsonObject(byTime) ? tokens(byTime['ephemeral_1h_input_tokens']) : 0;
  const ofBedrock = jsonObjects(details).find(({ ttl }) => ttl === '1h')?.['inputTokens'];
  const hour = Math.min(ofAnthropic + tokens(ofBedrock), cacheWriteTokens);
  return { cacheWriteTokens, ...(hour > 0 ? { cacheWriteHourTokens: hour } : {}) };
}

/** As OpenAI's clients read it. */
export function chatUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
  const written = cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens };
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens, ...written },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}

/** A count from a vendor's own object; 0 where there is none. */
const tokens = (value: unknown): number => tokenCount(value) ?? 0;
