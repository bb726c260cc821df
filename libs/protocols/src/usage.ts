import { isJsonObject, type JsonObject } from './json/json-object';

/**
 * Tokens of one call as the provider counted them. Everything is counted once: cached, written, audio and images are parts of the
 * input that have no token in common, reasoning, audio and images are such parts of the output. A part is absent where nobody tells.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Written to the provider's prompt cache for this call. */
  readonly cacheWriteTokens?: number;
  /** Of those written: kept for an hour instead of five minutes, which some providers charge more for. */
  readonly cacheWriteHourTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  readonly imageInputTokens?: number;
  readonly imageOutputTokens?: number;
}

/**
 * A `usage` object as OpenAI and the servers that follow it have it: the names of chat, responses, embeddings and transcriptions; null
 * if it counts nothing. Zero is a count, not a gap. Details that tell of more than there is are cut to what there is.
 */
export function readUsage(usage: unknown): Usage | null {
  if (!isJsonObject(usage)) return null;
  const input = count(usage['prompt_tokens']) ?? count(usage['input_tokens']);
  const output = count(usage['completion_tokens']) ?? count(usage['output_tokens']);
  if (input === null && output === null) return null;
  return partsOnce({ ...inputOf(usage, input ?? 0), ...outputOf(usage, input, output) });
}

/** Cuts every part to what the parts before it leave of the whole, so that no token is counted, and charged, twice. */
export function partsOnce(usage: Usage): Usage {
  const cut: Mutable<Usage> = { ...usage };
  cutParts(cut, usage.inputTokens, INPUT_PARTS);
  cutParts(cut, usage.outputTokens, OUTPUT_PARTS);
  const { cacheWriteTokens = 0, cacheWriteHourTokens } = cut;
  if (cacheWriteHourTokens !== undefined) cut.cacheWriteHourTokens = Math.min(cacheWriteHourTokens, cacheWriteTokens);
  return cut;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Details = Record<string, unknown>;

const INPUT_PARTS = ['cachedInputTokens', 'cacheWriteTokens', 'audioInputTokens', 'imageInputTokens'] as const;
const OUTPUT_PARTS = ['reasoningTokens', 'audioOutputTokens', 'imageOutputTokens'] as const;

function cutParts(usage: Mutable<Usage>, whole: number, parts: readonly (keyof Usage)[]): void {
  let left = whole;
  for (const part of parts) {
    const tokens = usage[part];
    if (tokens === undefined) continue;
    usage[part] = Math.min(tokens, left);
    left -= usage[part];
  }
}

/** `input_token_details`: OpenAI's transcriptions. */
function inputOf(usage: JsonObject, inputTokens: number) {
  const details = detailsOf(usage, 'prompt_tokens_details', 'input_tokens_details', 'input_token_details');
  const cachedBy = isJsonObject(details['cached_tokens_details']) ? details['cached_tokens_details'] : {};
  const uncached = (kind: string): number | null => {
    const all = count(details[kind]);
    return all === null ? null : Math.max(0, all - (count(cachedBy[kind]) ?? 0));
  };
  const isChat = usage['prompt_tokens'] !== undefined; // under the other names Anthropic does not count them as input
  const cached =
    count(details['cached_tokens']) ??
    count(usage['prompt_cache_hit_tokens']) ?? // DeepSeek
    (isChat ? count(usage['cache_read_input_tokens']) : null);
  const written =
    count(details['cache_write_tokens']) ?? // OpenAI, OpenRouter
    count(details['cache_creation_tokens']) ?? // LiteLLM
    (isChat ? count(usage['cache_creation_input_tokens']) : null);
  return {
    inputTokens,
    cachedInputTokens: cached ?? 0,
    ...told('cacheWriteTokens', written),
    ...told('audioInputTokens', uncached('audio_tokens')),
    ...told('imageInputTokens', uncached('image_tokens')),
  };
}

function outputOf(usage: JsonObject, input: number | null, output: number | null) {
  const details = detailsOf(usage, 'completion_tokens_details', 'output_tokens_details', 'output_token_details');
  const reasoning = count(details['reasoning_tokens']);
  const unsaid = input === null || output === null ? 0 : unsaidOutput(usage, input + output, reasoning);
  return {
    outputTokens: (output ?? 0) + unsaid,
    reasoningTokens: reasoning ?? unsaid,
    ...told('audioOutputTokens', count(details['audio_tokens'])),
    ...told('imageOutputTokens', count(details['image_tokens'])),
  };
}

/**
 * xAI and Gemini's OpenAI endpoint leave what was thought out of the completion tokens and charge for it as output: only the total
 * has it, and xAI's details.
 */
function unsaidOutput(usage: JsonObject, said: number, reasoning: number | null): number {
  const rest = (count(usage['total_tokens']) ?? 0) - said;
  if (rest <= 0) return 0;
  return reasoning === null || reasoning === rest ? rest : 0;
}

const told = <Key extends keyof Usage>(key: Key, tokens: number | null): Partial<Record<Key, number>> =>
  tokens === null ? {} : ({ [key]: tokens } as Record<Key, number>);

/** No answer has more tokens; PostgreSQL's integer is the bound. What is beyond is nonsense and counts as not said. */
const MAX_TOKENS = 2_147_483_647;

/** A number of tokens as a provider tells it; null if that is none. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS ? value : null;
}

function detailsOf(usage: JsonObject, ...names: readonly string[]): Details {
  const found = names.map((name) => usage[name]).find(isJsonObject);
  return found ?? {};
}
