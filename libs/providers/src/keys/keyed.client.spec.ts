import { Logger } from '@nestjs/common';
import { FakeClock } from '@relay/testing';
import { RelayError } from '@relay/core';
import type {
  UpstreamClient,
  UpstreamCompleted,
  UpstreamFailed,
  UpstreamOutcome,
  UpstreamRequest,
} from '../ports/upstream-client.port';
import { call, completed, failed, providerConfig } from '../testing/call-harness';
import { withKeys } from './keyed.client';

const ANSWER: UpstreamCompleted = {
  kind: 'completed',
  status: 200,
  contentType: 'application/json',
  body: Buffer.from('{}'),
  tail: Buffer.alloc(0),
  usage: { inputTokens: 60, outputTokens: 40, cachedInputTokens: 0, reasoningTokens: 0 },
  finishReason: 'stop',
  connectMs: null,
  ttftMs: 1,
  totalMs: 2,
};

const refusal = (status: number, more: Partial<UpstreamFailed> = {}): UpstreamFailed => ({
  kind: 'failed',
  error: new RelayError(status === 429 ? 'upstream_rate_limited' : 'upstream_error', `refused with ${status}`),
  retryable: true,
  started: false,
  upstreamStatus: status,
  passthrough: null,
  retryAfterMs: null,
  usage: null,
  ...more,
});

describe('a provider with several keys', () => {
  let clock: FakeClock;
  let asked: UpstreamRequest[];
  let answers: Record<string, UpstreamOutcome>;
  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    answers = {};
  });

  const client = (apiKeys: object[], more: object = {}): UpstreamClient => {
    const provider = providerConfig({ baseUrl: 'http://llm.invalid/v1', apiKeys, ...more });
    const upstream: UpstreamClient = {
      providerId: 'p',
      kind: 'openai',
      operations: new Set(['chat']),
      call(request) {
        asked.push(request);
        return Promise.resolve(answers[request.apiKey ?? ''] ?? ANSWER);
      },
      close: () => Promise.resolve(),
    };
    return withKeys(upstream, provider, clock);
  };
  const keysAsked = (): (string | undefined)[] => asked.map(({ apiKey }) => apiKey);
  const times = async (count: number, keyed: UpstreamClient, model = 'm'): Promise<void> => {
    for (let i = 0; i < count; i++) await call(keyed, { model }).outcome;
  };

  it('uses each as often as its weight says, and none in a row without need', async () => {
    const keyed = client([{ value: 'a', weight: 2 }, { value: 'b' }], { apiKey: 'own' });
    await times(8, keyed);
    expect(keysAsked()).toEqual(['a', 'own', 'b', 'a', 'a', 'own', 'b', 'a']);
  });

  it.each([401, 402])(
    'tries another when one is refused with %i, and lets that one rest, longer each time',
    async (status) => {
      const keyed = client([{ value: 'a' }, { value: 'b' }]);
      answers['a'] = refusal(status);
      await completed(call(keyed));
      expect(keysAsked()).toEqual(['a', 'b']);
      await times(2, keyed);
      expect(keysAsked()).toEqual(['a', 'b', 'b', 'b']);
      expect(keyed.keys).toEqual({ total: 2, refused: 1, limited: 0, rests: { refused: 1, limited: 0 } });
      clock.advance(30_001);
      await times(2, keyed);
      expect(keysAsked().slice(4)).toContain('a');
      clock.advance(30_001);
      expect(keyed.keys).toMatchObject({ refused: 1 }); // twice as long now
      answers = {};
      clock.advance(30_001);
      await times(2, keyed);
      expect(keyed.keys).toMatchObject({ refused: 0 });
    },
  );

  it('says what the provider said when all of them are refused, and goes on asking with one', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers = { a: refusal(401), b: refusal(401) };
    expect(await failed(call(keyed))).toMatchObject({ upstreamStatus: 401, error: { code: 'upstream_error' } });
    expect(keysAsked()).toEqual(['a', 'b']);
    expect(await failed(call(keyed))).toMatchObject({ upstreamStatus: 401 });
    expect(keysAsked()).toHaveLength(3);
    answers = {};
    await completed(call(keyed));
    expect(keyed.keys).toMatchObject({ refused: 1 });
  });

  it('lets a key that was forbidden something rest only if another one was not', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers = { a: refusal(403), b: refusal(403) };
    await failed(call(keyed));
    expect(keyed.keys).toMatchObject({ refused: 0 }); // it was the prompt
    answers = { a: refusal(403) };
    await times(2, keyed);
    expect(keyed.keys).toMatchObject({ refused: 1 });
  });

  it('lets one that is limited rest as long as the provider says, for that model, while the others go on', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers['a'] = refusal(429, { retryAfterMs: 10_000 });
    await completed(call(keyed, { model: 'm' }));
    answers = {};
    asked = [];
    await times(2, keyed, 'm');
    expect(keysAsked()).toEqual(['b', 'b']);
    await times(2, keyed, 'other');
    expect(keysAsked()).toContain('a');
    clock.advance(10_001);
    asked = [];
    await times(2, keyed, 'm');
    expect(keysAsked()).toContain('a');
  });

  it('lets none rest for a request that is too large for all of them, and says what the provider said of it', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    const tooLarge = new RelayError('upstream_rate_limited', 'Request too large: limit 30000 TPM, requested 60000.');
    answers = { a: refusal(429, { error: tooLarge }), b: refusal(429, { error: tooLarge }) };
    for (let i = 0; i < 2; i++)
      expect(await failed(call(keyed))).toMatchObject({ upstreamStatus: 429, error: tooLarge });
    expect(keyed.keys).toMatchObject({ limited: 0, rests: { limited: 0 } });
    answers = {};
    asked = [];
    await times(2, keyed); // somebody else's
    expect(keysAsked().sort()).toEqual(['a', 'b']);
  });

  it('lets one that is limited without a word of when to come back rest for a moment if another one was served', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers['a'] = refusal(429);
    await completed(call(keyed, { model: 'm' }));
    expect(keyed.keys).toMatchObject({ limited: 1 });
    clock.advance(5_001);
    expect(keyed.keys).toMatchObject({ limited: 0 });
  });

  it('lets one that is limited rest until the reset that its refusal tells', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    const told = { remainingTokens: 0, tokensResetMs: 4_000 };
    answers = {
      a: refusal(429, { told }),
      b: refusal(429, { told: { remainingTokens: 20_000, tokensResetMs: 9_000 } }),
    };
    await failed(call(keyed));
    expect(keyed.keys).toMatchObject({ limited: 1 });
    clock.advance(4_001);
    expect(keyed.keys).toMatchObject({ limited: 0 });
  });

  it('goes by what is told of the limits of a key, and does not tell the pool', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers['a'] = { ...ANSWER, told: { remainingTokens: 0, tokensResetMs: 4_000 } };
    expect((await completed(call(keyed, { model: 'm' }))).told).toBeNull();
    await times(2, keyed);
    expect(keysAsked()).toEqual(['a', 'b', 'b']);
  });

  it('answers 429 with the time until one is free when all are used up, without asking', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers = { a: refusal(429, { retryAfterMs: 10_000 }), b: refusal(429, { retryAfterMs: 7_000 }) };
    await failed(call(keyed));
    asked = [];
    clock.advance(2_000);
    const outcome = await failed(call(keyed));
    expect(outcome).toMatchObject({ retryable: true, upstreamStatus: null, retryAfterMs: 5_000 });
    expect(outcome.error).toMatchObject({ code: 'upstream_rate_limited', retryAfterSeconds: 5 });
    expect(asked).toEqual([]);
  });

  it('keeps to the limits of each key: requests and tokens of the last minute', async () => {
    const keyed = client([
      { value: 'a', limits: { requestsPerMinute: 1 } },
      { value: 'b', limits: { tokensPerMinute: 150 } },
    ]);
    await times(3, keyed); // b has spent 200 after two calls
    expect(keysAsked()).toEqual(['a', 'b', 'b']);
    expect(await failed(call(keyed))).toMatchObject({ error: { code: 'upstream_rate_limited' } });
    clock.advance(60_000);
    await completed(call(keyed));
  });

  it('tries no other key after content, nor for what is wrong with the request', async () => {
    const keyed = client([{ value: 'a' }, { value: 'b' }]);
    answers['a'] = refusal(429, { started: true });
    await failed(call(keyed));
    answers = { b: refusal(400) };
    await failed(call(keyed));
    expect(keysAsked()).toEqual(['a', 'b']);
  });

  it('is called as it is where there is one key', () => {
    expect(client([{ value: 'a' }]).keys).toMatchObject({ total: 1 });
    const provider = providerConfig({ baseUrl: 'http://llm.invalid/v1', apiKey: 'own' });
    const plain = client([{ value: 'a' }]);
    expect(withKeys(plain, provider, clock)).toBe(plain);
  });
});
