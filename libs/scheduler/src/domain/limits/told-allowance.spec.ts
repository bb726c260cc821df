import { ToldAllowance } from './told-allowance';

describe('ToldAllowance', () => {
  let allowance: ToldAllowance;
  beforeEach(() => (allowance = new ToldAllowance()));

  const start = (count: number, now: number): void => {
    for (let i = 0; i < count; i++) allowance.started(now);
  };
  const hear = (
    told: object,
    { inFlight = 1, startedAt = 0, now = 100, cost = undefined as number | undefined } = {},
  ): void => allowance.observe({ told, inFlight, startedAt, now, cost });

  it('says nothing before the provider does', () => {
    hear({});
    expect([allowance.limit(100), allowance.heldUntil(100)]).toEqual([null, null]);
  });

  it('leaves room for what is in flight and for what remains, until the reset', () => {
    hear({ remainingRequests: 3, requestsResetMs: 5_000 }, { inFlight: 11 });
    expect(allowance.limit(101)).toBe(13);
    expect(allowance.limit(5_100)).toBeNull();
  });

  it('lets no more start than remain, however quickly calls end', () => {
    hear({ remainingRequests: 3, requestsResetMs: 5_000 });
    let inFlight = 0;
    let started = 0;
    for (let now = 200; now < 5_000; now += 100) {
      if (allowance.heldUntil(now) === null && inFlight < (allowance.limit(now) ?? Infinity)) {
        start(1, now);
        started++;
        inFlight++;
      } else if (inFlight > 0) allowance.observe({ inFlight: inFlight--, startedAt: 200, now });
    }
    expect(started).toBe(3);
    expect(allowance.heldUntil(4_999)).toBe(5_100);
    expect(allowance.heldUntil(5_100)).toBeNull();
  });

  it('holds everything when nothing remains, a minute at most', () => {
    hear({ remainingRequests: 0, requestsResetMs: 3_000 });
    expect(allowance.heldUntil(100)).toBe(3_100);
    hear({ remainingRequests: 0, requestsResetMs: 86_400_000 }, { startedAt: 50 });
    expect(allowance.heldUntil(100)).toBe(60_100);
    expect(allowance.limit(60_100)).toBeNull();
  });

  it('takes off what was started since the call began that brings the news', () => {
    start(1, 1_000); // brings it
    start(4, 2_000);
    hear({ remainingRequests: 10, requestsResetMs: 60_000 }, { inFlight: 5, startedAt: 1_000, now: 9_000 });
    expect(allowance.limit(9_000)).toBe(4 + 6);
    start(6, 9_500);
    expect(allowance.heldUntil(9_500)).toBe(69_000);
  });

  it('does not believe an earlier call against a later one', () => {
    hear({ remainingRequests: 5, requestsResetMs: 60_000 }, { inFlight: 2, startedAt: 2_000, now: 3_000 });
    hear({ remainingRequests: 50, requestsResetMs: 60_000 }, { inFlight: 1, startedAt: 1_000, now: 4_000 });
    expect(allowance.limit(4_000)).toBe(5);
  });

  it('counts tokens in calls of the usual cost', () => {
    for (let i = 0; i < 50; i++) hear({}, { cost: 1_000 });
    hear({ remainingTokens: 4_500, tokensResetMs: 10_000 }, { cost: 1_000 });
    expect(allowance.limit(100)).toBe(4);
    hear({ remainingTokens: 0, tokensResetMs: 10_000 }, { startedAt: 1 });
    expect(allowance.heldUntil(100)).toBe(10_100);
  });

  it('does not guess how many calls tokens are before it has seen one', () => {
    hear({ remainingTokens: 4_500, tokensResetMs: 10_000 });
    expect(allowance.limit(100)).toBeNull();
  });

  it.each([
    { remainingRequests: -1, requestsResetMs: 1_000 },
    { remainingRequests: Number.NaN, requestsResetMs: 1_000 },
    { remainingRequests: 0, requestsResetMs: -1 },
    { remainingRequests: 0, requestsResetMs: 0 },
    { remainingRequests: 0, requestsResetMs: Number.NaN },
    { remainingRequests: 0 },
    { remainingTokens: -5, tokensResetMs: 1_000 },
  ])('takes no notice of nonsense: %j', (told) => {
    hear(told);
    expect([allowance.limit(100), allowance.heldUntil(100)]).toEqual([null, null]);
  });

  it('bears numbers larger than anything', () => {
    hear({ remainingRequests: Infinity, requestsResetMs: Infinity });
    expect([allowance.limit(100), allowance.heldUntil(100)]).toEqual([Infinity, null]);
  });

  it('leaves news alone that more starts have overtaken than it remembers', () => {
    start(5_000, 1_000);
    hear({ remainingRequests: 1, requestsResetMs: 60_000 }, { startedAt: 500, now: 2_000 });
    expect([allowance.limit(2_000), allowance.heldUntil(2_000)]).toEqual([null, null]);
  });
});
