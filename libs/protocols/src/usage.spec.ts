import fc from 'fast-check';
import { readUsage, type Usage } from './usage';

describe('usage as a provider reports it', () => {
  it('is read, zero included', () => {
    expect(readUsage({ prompt_tokens: 0, completion_tokens: 7 })).toMatchObject({ inputTokens: 0, outputTokens: 7 });
  });

  it.each([1.5, 1e300, 3_000_000_000, -1, NaN, '12', null])('counts as not said where it is %p', (nonsense) => {
    expect(readUsage({ prompt_tokens: nonsense, completion_tokens: 7 })).toMatchObject({
      inputTokens: 0,
      outputTokens: 7,
    });
    expect(readUsage({ prompt_tokens: nonsense, completion_tokens: nonsense })).toBeNull();
  });

  it.each<[string, object, Partial<Usage>]>([
    [
      'chat of OpenAI, with audio',
      {
        prompt_tokens: 1_200,
        completion_tokens: 300,
        total_tokens: 1_500,
        prompt_tokens_details: { cached_tokens: 200, audio_tokens: 150, text_tokens: 850 },
        completion_tokens_details: { reasoning_tokens: 40, audio_tokens: 100, accepted_prediction_tokens: 3 },
      },
      {
        ...{ inputTokens: 1_200, cachedInputTokens: 200, audioInputTokens: 150 },
        ...{ outputTokens: 300, reasoningTokens: 40, audioOutputTokens: 100 },
      },
    ],
    [
      'responses of OpenAI',
      {
        input_tokens: 75,
        output_tokens: 1_186,
        input_tokens_details: { cached_tokens: 25, cache_write_tokens: 10 },
        output_tokens_details: { reasoning_tokens: 1_024 },
      },
      {
        inputTokens: 75,
        cachedInputTokens: 25,
        cacheWriteTokens: 10,
        outputTokens: 1_186,
        reasoningTokens: 1_024,
      },
    ],
    ['embeddings', { prompt_tokens: 8, total_tokens: 8 }, { inputTokens: 8, outputTokens: 0 }],
    [
      'a transcription',
      {
        type: 'tokens',
        input_tokens: 14,
        output_tokens: 45,
        input_token_details: { text_tokens: 4, audio_tokens: 10 },
      },
      { inputTokens: 14, audioInputTokens: 10, outputTokens: 45 },
    ],
    [
      'an image',
      { input_tokens: 50, output_tokens: 1_056, input_tokens_details: { text_tokens: 10, image_tokens: 40 } },
      { inputTokens: 50, imageInputTokens: 40, outputTokens: 1_056 },
    ],
    [
      'audio of which a part was cached',
      {
        prompt_tokens: 100,
        completion_tokens: 1,
        prompt_tokens_details: { cached_tokens: 30, audio_tokens: 50, cached_tokens_details: { audio_tokens: 20 } },
      },
      { cachedInputTokens: 30, audioInputTokens: 30 },
    ],
    [
      'DeepSeek',
      { prompt_tokens: 100, completion_tokens: 9, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      { inputTokens: 100, cachedInputTokens: 64, outputTokens: 9 },
    ],
    [
      'Groq',
      { queue_time: 0.02, prompt_tokens: 4_641, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4_608 } },
      { inputTokens: 4_641, cachedInputTokens: 4_608, outputTokens: 2 },
    ],
    [
      'a server that writes to the cache',
      { prompt_tokens: 100, completion_tokens: 1, cache_read_input_tokens: 30, cache_creation_input_tokens: 50 },
      { inputTokens: 100, cachedInputTokens: 30, cacheWriteTokens: 50 },
    ],
    [
      'xAI, whose completion is without what was thought',
      {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
      { outputTokens: 103, reasoningTokens: 94 },
    ],
    [
      'Gemini, which tells what was thought in the total only',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 45 },
      { outputTokens: 35, reasoningTokens: 30 },
    ],
  ])('is that of %s', (_name, reported, expected) => {
    expect(readUsage(reported)).toMatchObject(expected);
  });

  it('of a call that was charged by time counts no tokens', () => {
    expect(readUsage({ type: 'duration', seconds: 12 })).toBeNull();
  });

  it('has no part where nobody tells of it', () => {
    const plain = { inputTokens: 3, cachedInputTokens: 0, outputTokens: 4, reasoningTokens: 0 };
    expect(readUsage({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 })).toEqual(plain);
  });

  it('counts no token twice, whatever is reported', () => {
    const tokens = fc.option(fc.integer({ min: -5, max: 1_000 }), { nil: undefined });
    const details = fc.record({
      ...{ cached_tokens: tokens, cache_write_tokens: tokens, audio_tokens: tokens, image_tokens: tokens },
      reasoning_tokens: tokens,
    });
    const reported = fc.record({
      ...{ prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens },
      ...{ prompt_tokens_details: details, completion_tokens_details: details, cache_read_input_tokens: tokens },
    });
    fc.assert(
      fc.property(reported, (usage) => {
        const read = readUsage(usage);
        if (read === null) return;
        const { cachedInputTokens, cacheWriteTokens = 0, audioInputTokens = 0, imageInputTokens = 0 } = read;
        const { reasoningTokens, audioOutputTokens = 0, imageOutputTokens = 0 } = read;
        const ofInput = [cachedInputTokens, cacheWriteTokens, audioInputTokens, imageInputTokens];
        const ofOutput = [reasoningTokens, audioOutputTokens, imageOutputTokens];
        expect(sum(ofInput)).toBeLessThanOrEqual(read.inputTokens);
        expect(sum(ofOutput)).toBeLessThanOrEqual(read.outputTokens);
        expect(Math.min(...ofInput, ...ofOutput)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
