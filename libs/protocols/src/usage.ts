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
  const read: Mutable<Usage> = {
    inputTokens: input ?? 0,
    cachedInputTokens: 0,
    outputTokens: output ?? 0,
    reasoningTokens: 0,
  };
  readInput(read, usage);
  readOutput(read, usage, input === null || output === null ? null : input + output);
  return cutToWhole(read);
}

/** Cuts every part to what the parts before it leave of the whole, so that no token is counted, and charged, twice. */
export function partsOnce(usage: Usage): Usage {
  return cutToWhole({ ...usage });
}

function cutToWhole(usage: Mutable<Usage>): Usage {
  cutParts(usage, usage.inputTokens, INPUT_PARTS);
  cutParts(usage, usage.outputTokens, OUTPUT_PARTS);
  const { cacheWriteTokens = 0, cacheWriteHourTokens } = usage;
  if (cacheWriteHourTokens !== undefined) usage.cacheWriteHourTokens = Math.min(cacheWriteHourTokens, cacheWriteTokens);
  return usage;
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
const INPUT_DETAILS = ['prompt_tokens_details', 'input_tokens_details', 'input_token_details'];
const OUTPUT_DETAILS = ['completion_tokens_details', 'output_tokens_details', 'output_token_details'];
const NO_DETAILS: Details = {};

function readInput(read: Mutable<Usage>, usage: JsonObject): void {
  const details = detailsOf(usage, INPUT_DETAILS);
  const isChat = usage['prompt_tokens'] !== undefined; // under the other names Anthropic does not count them as input
  const cached =
    count(details['cached_tokens']) ??
    count(usage['prompt_cache_hit_tokens']) ?? // DeepSeek
    (isChat ? count(usage['cache_read_input_tokens']) : null);
  const written =
    count(details['cache_write_tokens']) ?? // OpenAI, OpenRouter
    count(details['cache_creation_tokens']) ?? // LiteLLM
    (isChat ? count(usage['cache_creation_input_tokens']) : null);
  const [audio, image] = [uncached(details, 'audio_tokens'), uncached(details, 'image_tokens')];
  if (cached !== null) read.cachedInputTokens = cached;
  if (written !== null) read.cacheWriteTokens = written;
  if (audio !== null) read.audioInputTokens = audio;
  if (image !== null) read.imageInputTokens = image;
}

function uncached(details: Details, kind: string): number | null {
  const all = count(details[kind]);
  if (all === null) return null;
  const cachedBy = details['cached_tokens_details'];
  return Math.max(0, all - ((isJsonObject(cachedBy) ? count(cachedBy[kind]) : null) ?? 0));
}

/** `said`: tokens of input and output together; null where one of them was not told. */
function readOutput(read: Mutable<Usage>, usage: JsonObject, said: number | null): void {
  const details = detailsOf(usage, OUTPUT_DETAILS);
  const reasoning = count(details['reasoning_tokens']);
  const unsaid = said === null ? 0 : unsaidOutput(usage, said, reasoning);
  const [audio, image] = [count(details['audio_tokens']), count(details['image_tokens'])];
  read.outputTokens += unsaid;
  read.reasoningTokens = reasoning ?? unsaid;
  if (audio !== null) read.audioOutputTokens = audio;
  if (image !== null) read.imageOutputTokens = image;
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

/** No answer has more tokens; PostgreSQL's integer is the bound. What is beyond is nonsense and counts as not said. */
const MAX_TOKENS = 2_147_483_647;

/** A number of tokens as a provider tells it; null if that is none. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS ? value : null;
}

function detailsOf(usage: JsonObject, names: readonly string[]): Details {
  for (const name of names) {
    const details = usage[name];
    if (isJsonObject(details)) return details;
  }
  return NO_DETAILS;
}
