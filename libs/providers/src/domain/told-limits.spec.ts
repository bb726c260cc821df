import { toldEarlier, toldLimits } from './told-limits';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('what a provider tells of its rate limits', () => {
  it.each([
    [
      'OpenAI',
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      { remainingRequests: 59, requestsResetMs: 1_000, remainingTokens: 149_984, tokensResetMs: 360_000 },
    ],
    [
      'Groq',
      {
        'x-ratelimit-remaining-requests': '14370',
        'x-ratelimit-reset-requests': '2m59.56s',
        'x-ratelimit-remaining-tokens': '17997',
        'x-ratelimit-reset-tokens': '7.66s',
      },
      { remainingRequests: 14_370, requestsResetMs: 179_560, remainingTokens: 17_997, tokensResetMs: 7_660 },
    ],
    [
      'Anthropic, whose scarcest tokens count',
      {
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:02Z',
        'anthropic-ratelimit-tokens-remaining': '90000',
        'anthropic-ratelimit-tokens-reset': '2026-11-22T12:00:30Z',
        'anthropic-ratelimit-input-tokens-remaining': '80000',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-22T12:00:20Z',
        'anthropic-ratelimit-output-tokens-remaining': '8000',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-22T13:00:10+01:00',
      },
      { remainingRequests: 49, requestsResetMs: 2_000, remainingTokens: 8_000, tokensResetMs: 10_000 },
    ],
    [
      'Mistral',
      { 'x-ratelimit-remaining-req-minute': '717', 'x-ratelimit-remaining-tokens-minute': '4999911' },
      { remainingRequests: 717, remainingTokens: 4_999_911 },
    ],
    [
      'Fireworks, whose scarcest tokens count',
      {
        'x-ratelimit-remaining-requests': '599',
        'x-ratelimit-remaining-tokens-prompt': '60000',
        'x-ratelimit-remaining-tokens-generated': '0',
      },
      { remainingRequests: 599, remainingTokens: 0 },
    ],
    [
      'Together',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1', 'x-tokenlimit-remaining': '2500' },
      { remainingRequests: 0, requestsResetMs: 1_000, remainingTokens: 2_500, tokensResetMs: 1_000 },
    ],
    [
      'OpenRouter, by the time of the reset',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 4_000) },
      { remainingRequests: 0, requestsResetMs: 4_000 },
    ],
    [
      'the IETF draft',
      { 'ratelimit-remaining': '0', 'ratelimit-reset': '50' },
      { remainingRequests: 0, requestsResetMs: 50_000 },
    ],
    ['a header given twice', { 'ratelimit-remaining': ['3', '9'] }, { remainingRequests: 3 }],
  ])('is read: %s', (_name, headers, told) => {
    expect(toldLimits(headers, NOW)).toEqual(told);
  });

  it.each([
    ['20ms', 20],
    ['1h2m3.5s', 3_723_500],
    ['2d', 172_800_000],
    ['1m', 60_000],
    ['0', 0],
    ['0.25', 250],
  ])('a reset of %s is %d ms', (reset, ms) => {
    const headers = { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': reset };
    expect(toldLimits(headers, NOW)).toEqual({ remainingRequests: 1, requestsResetMs: ms });
  });

  it.each([
    '',
    '-1s',
    'soon',
    '1y',
    '5 s',
    '1e9',
    'NaN',
    '400d',
    '9'.repeat(41),
    `${'9'.repeat(30)}s`,
    '2026-11-22T12:00:02Z',
  ])('a reset of "%s" is nonsense, the rest is not', (reset) => {
    const headers = { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': reset };
    expect(toldLimits(headers, NOW)).toEqual({ remainingRequests: 1 });
  });

  it.each(['2026-11-22T11:59:59Z', '2031-01-01T00:00:00Z', '2026-13-45T99:00:00Z', '10', '-5'])(
    'a date of "%s" is nonsense likewise',
    (reset) => {
      const headers = { 'anthropic-ratelimit-requests-remaining': '1', 'anthropic-ratelimit-requests-reset': reset };
      expect(toldLimits(headers, NOW)).toEqual({ remainingRequests: 1 });
    },
  );

  it.each(['', '-1', 'NaN', 'Infinity', '1e9', '0x10', 'many', '1,000', '9'.repeat(41), '1 000'])(
    'of "%s" remaining requests nothing is believed',
    (remaining) => {
      const headers = { 'x-ratelimit-remaining-requests': remaining, 'x-ratelimit-reset-requests': '1s' };
      expect(toldLimits(headers, NOW)).toBeNull();
    },
  );

  it('a remainder larger than anything is bounded, a broken one rounded down', () => {
    expect(toldLimits({ 'ratelimit-remaining': '9'.repeat(30) }, NOW)).toEqual({ remainingRequests: 1e12 });
    expect(toldLimits({ 'ratelimit-remaining': '2.9' }, NOW)).toEqual({ remainingRequests: 2 });
  });

  it('is nothing where no header says so', () => {
    expect(toldLimits({ 'content-type': 'application/json', 'x-ratelimit-limit-requests': '60' }, NOW)).toBeNull();
  });

  it('grows old: less time until a reset, and what was reset since is left out', () => {
    const told = { remainingRequests: 5, requestsResetMs: 1_000, remainingTokens: 7, tokensResetMs: 9_000 };
    expect(toldEarlier(told, 400)).toEqual({ ...told, requestsResetMs: 600, tokensResetMs: 8_600 });
    expect(toldEarlier(told, 1_000)).toEqual({ remainingTokens: 7, tokensResetMs: 8_000 });
    expect(toldEarlier({ remainingRequests: 5 }, 1_000)).toEqual({ remainingRequests: 5 });
  });
});
