import { ToldAllowance } from './told-allowance';

describe('ToldAllowance', () => {
  let allowance: ToldAllowance;
  beforeEach(() => (allowance = new ToldAllowance()));

  const start = (count: number, now: number): void => {
    for (let i = 0; i < count; i++) allowance.started(now);
  };
  const hear = (told: object, { startedAt = 0, now = 100, cost = undefined as number | undefined } = {}): void =>
    allowance.observe({ told, startedAt, now, cost });
  /** Calls that may be started now, which starts them; Infinity: more than anybody would. */
  const room = (now: number): number => {
    for (let count = 0; count < 1_000; count++) {
      if (allowance.heldUntil(now) !== null) return count;
      allowance.started(now);
    }
    return Infinity;
  };

  it('says nothing before the provider does', () => {
    hear({});
    expect(room(100)).toBe(Infinity);
  });

  it('lets no more start than remain, until the reset', () => {
    hear({ remainingRequests: 3, requestsResetMs: 5_000 });
    expect(room(200)).toBe(3);
    allowance.observe({ startedAt: 200, now: 300 }); // a call that ended says nothing
    expect(allowance.heldUntil(4_999)).toBe(5_100);
    expect(room(5_100)).toBe(Infinity);
  });

  it('gives back what was not used after all', () => {
    hear({ remainingRequests: 3, requestsResetMs: 5_000 });
    expect(room(200)).toBe(3);
    allowance.cancelled(200);
    expect(room(300)).toBe(1);
  });

  it('gives nothing back for a call that began before the one that told', () => {
    allowance.started(40);
    hear({ remainingRequests: 3, requestsResetMs: 5_000 }, { startedAt: 50 });
    allowance.cancelled(40);
    expect(room(200)).toBe(3);
  });

  it('holds everything when nothing remains, a minute at most', () => {
    hear({ remainingRequests: 0, requestsResetMs: 3_000 });
    expect(allowance.heldUntil(100)).toBe(3_100);
    hear({ remainingRequests: 0, requestsResetMs: 86_400_000 }, { startedAt: 50 });
    expect(allowance.heldUntil(100)).toBe(60_100);
    expect(allowance.heldUntil(60_100)).toBeNull();
  });

  it('takes off what was started since the call began that brings the news', () => {
    start(1, 1_000); // brings it
    start(4, 2_000);
    hear({ remainingRequests: 10, requestsResetMs: 60_000 }, { startedAt: 1_000, now: 9_000 });
    expect(room(9_500)).toBe(6);
    expect(allowance.heldUntil(9_500)).toBe(69_000);
  });

  it('does not believe an earlier call against a later one', () => {
    hear({ remainingRequests: 5, requestsResetMs: 60_000 }, { startedAt: 2_000, now: 3_000 });
    hear({ remainingRequests: 50, requestsResetMs: 60_000 }, { startedAt: 1_000, now: 4_000 });
    expect(room(4_000)).toBe(5);
  });

  it('counts tokens in calls of the usual cost', () => {
    for (let i = 0; i < 50; i++) hear({}, { cost: 1_000 });
    hear({ remainingTokens: 4_500, tokensResetMs: 10_000 }, { cost: 1_000 });
    expect(room(100)).toBe(4);
    hear({ remainingTokens: 0, tokensResetMs: 10_000 }, { startedAt: 1 });
    expect(allowance.heldUntil(100)).toBe(10_100);
  });

  it('does not guess how many calls tokens are before it has seen one', () => {
    hear({ remainingTokens: 4_500, tokensResetMs: 10_000 });
    expect(room(100)).toBe(Infinity);
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
    expect(room(100)).toBe(Infinity);
  });

  it('bears numbers larger than anything', () => {
    hear({ remainingRequests: Infinity, requestsResetMs: Infinity });
    expect(room(100)).toBe(Infinity);
  });

  it('leaves news alone that more starts have overtaken than it remembers', () => {
    start(5_000, 1_000);
    hear({ remainingRequests: 1, requestsResetMs: 60_000 }, { startedAt: 500, now: 2_000 });
    expect(room(2_000)).toBe(Infinity);
  });
});
