import { isJsonObject, type JsonObject } from '../json/json-object';
import { count, type Usage } from '../usage';

/**
 * Anthropic's `usage`, over what was known before: a stream tells the input at its beginning and the output at its end, and may say
 * either again. Its `input_tokens` are what was neither read from nor written to the prompt cache; ours are the whole input. Zero is a
 * count. Null if nothing is counted anywhere.
 */
export function mergeMessageUsage(known: Usage | null, told: unknown): Usage | null {
  if (!isJsonObject(told)) return known;
  const written = count(told['cache_creation_input_tokens']) ?? known?.cacheWriteTokens;
  const cached = count(told['cache_read_input_tokens']) ?? known?.cachedInputTokens;
  const uncached = count(told['input_tokens']) ?? (known && uncachedInput(known));
  const output = count(told['output_tokens']) ?? known?.outputTokens;
  if (uncached === null && output === undefined) return known;
  const hour = detail(told['cache_creation'], 'ephemeral_1h_input_tokens') ?? known?.cacheWriteHourTokens;
  return {
    inputTokens: (uncached ?? 0) + (cached ?? 0) + (written ?? 0),
    cachedInputTokens: cached ?? 0,
    outputTokens: output ?? 0,
    reasoningTokens: detail(told['output_tokens_details'], 'thinking_tokens') ?? known?.reasoningTokens ?? 0,
    ...(written === undefined ? {} : { cacheWriteTokens: written }),
    ...(hour === undefined ? {} : { cacheWriteHourTokens: hour }),
  };
}

/** Usage in Anthropic's words; of what nobody counted, zeros, since its clients rely on the fields. */
export function toMessageUsage(usage: Usage | null): JsonObject {
  return {
    input_tokens: usage ? uncachedInput(usage) : 0,
    cache_creation_input_tokens: usage?.cacheWriteTokens ?? 0,
    cache_read_input_tokens: usage?.cachedInputTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    ...(usage && usage.reasoningTokens > 0
      ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }
      : {}),
  };
}

/** Anthropic's `usage` in chat's words. */
export function messageToChatUsage(told: unknown): JsonObject | undefined {
  const usage = mergeMessageUsage(null, told);
  if (usage === null) return undefined;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens, cache_write_tokens: usage.cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

function uncachedInput({ inputTokens, cachedInputTokens, cacheWriteTokens = 0 }: Usage): number {
  return Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
}

const detail = (details: unknown, key: string): number | undefined =>
  (isJsonObject(details) ? count(details[key]) : null) ?? undefined;
