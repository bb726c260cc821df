/** The token counts of an OpenAI `usage` object, only what tests vary. */
export interface UsageFixture {
  readonly prompt: number;
  readonly completion: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

export const DEFAULT_USAGE: UsageFixture = { prompt: 11, completion: 3 };

export function usageJson(usage: UsageFixture = DEFAULT_USAGE): Record<string, unknown> {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    ...(usage.cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cached } }),
    ...(usage.reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
  };
}

/** A chat completion that is not a stream. */
export function completionJson(
  content: string,
  usage: UsageFixture = DEFAULT_USAGE,
  model = 'mock-model',
): Record<string, unknown> {
  return {
    id: 'chatcmpl-fixture',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
    usage: usageJson(usage),
  };
}

/** One SSE frame. */
export const frame = (data: unknown, newline = '\n'): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}${newline}${newline}`;

export const doneFrame = (newline = '\n'): string => frame('[DONE]', newline);

function chunkJson(choices: readonly unknown[], extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-fixture',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'mock-model',
    choices,
    ...extra,
  };
}

/** A chunk with this delta, e.g. `{ content: 'Hi' }` or `{ role: 'assistant' }`. */
export function deltaFrame(delta: Record<string, unknown>, finishReason: string | null = null, newline = '\n'): string {
  return frame(chunkJson([{ index: 0, delta, logprobs: null, finish_reason: finishReason }]), newline);
}

/** The usage-only chunk, with its empty `choices`. */
export const usageFrame = (usage: UsageFixture = DEFAULT_USAGE, newline = '\n'): string =>
  frame(chunkJson([], { usage: usageJson(usage) }), newline);

/** A whole stream: role, one frame a word, finish, usage if given, `[DONE]`. */
export function streamFrames(
  words: readonly string[],
  options: { usage?: UsageFixture | null; newline?: string } = {},
): string[] {
  const { usage = DEFAULT_USAGE, newline = '\n' } = options;
  return [
    deltaFrame({ role: 'assistant', content: '' }, null, newline),
    ...words.map((word) => deltaFrame({ content: word }, null, newline)),
    deltaFrame({}, 'stop', newline),
    ...(usage ? [usageFrame(usage, newline)] : []),
    doneFrame(newline),
  ];
}
