import { AdaptiveLimit, type EndedCall } from './adaptive-limit';

const TARGETS = { ttftMs: 1_000, tpotMs: 40, minConcurrency: 2 };
const FAST = { ttftMs: 200, tpotMs: 20 };
const SLOW = { ttftMs: 1_200, tpotMs: 20 };

describe('AdaptiveLimit', () => {
  let now: number;
  beforeEach(() => (now = 0));

  /** Rounds of calls that begin and end one after the other, all with `inFlight` beside them. */
  const serve = (limit: AdaptiveLimit, calls: number, call: Partial<EndedCall>): void => {
    for (let i = 0; i < calls; i++) {
      now += 1_000;
      limit.observe({ inFlight: limit.limit(now), startedAt: now - 500, now, ...call });
    }
  };

  it('is what is configured until something is slow', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 200, FAST);
    expect(limit.limit(now)).toBe(64);
  });

  it.each([
    ['first tokens', SLOW],
    ['further tokens', { ttftMs: 200, tpotMs: 60 }],
  ])('sinks when %s take longer than their target', (_name, slow) => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 20, slow);
    expect(limit.limit(now)).toBeLessThan(64);
    expect(limit.limit(now)).toBeGreaterThanOrEqual(32);
    expect(limit.slowCount).toBe(1);
  });

  it('sinks by what it was too slow by, by half at most', () => {
    const slightly = new AdaptiveLimit(100, TARGETS);
    serve(slightly, 20, { ...FAST, tpotMs: 50 });
    const far = new AdaptiveLimit(100, TARGETS);
    serve(far, 20, { ...FAST, tpotMs: 4_000 });
    expect([slightly.limit(now), far.limit(now)]).toEqual([80, 50]);
  });

  it('does not sink for a few long prompts', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 18, FAST);
    serve(limit, 2, { ttftMs: 30_000, tpotMs: 20 });
    expect(limit.limit(now)).toBe(64);
  });

  it('never sinks below the least, however slow everything is', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 2_000, SLOW);
    expect(limit.limit(now)).toBe(2);
  });

  it('judges a change by calls that began after it', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 20, SLOW);
    const lowered = limit.limit(now);
    const changedAt = now;
    serve(limit, 100, { ...SLOW, startedAt: changedAt - 1 });
    expect(limit.limit(now)).toBe(lowered);
  });

  it('rises a little at a time while it is used, and no higher than configured', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 20, SLOW);
    const lowered = limit.limit(now);
    serve(limit, 20, FAST);
    expect(limit.limit(now)).toBeGreaterThan(lowered);
    expect(limit.limit(now)).toBeLessThanOrEqual(lowered + 4);
    serve(limit, 2_000, FAST);
    expect(limit.limit(now)).toBe(64);
  });

  it('does not rise while it is not used, nor close to the target', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 20, SLOW);
    const lowered = limit.limit(now);
    serve(limit, 200, { ...FAST, inFlight: 5 });
    serve(limit, 200, { ttftMs: 900, tpotMs: 20 });
    expect(limit.limit(now)).toBe(lowered);
  });

  it('that is far above what is in flight comes down to where it matters', () => {
    const limit = new AdaptiveLimit(10_000, TARGETS);
    serve(limit, 20, { ...SLOW, inFlight: 30 });
    expect(limit.limit(now)).toBeLessThanOrEqual(60);
  });

  it('leaves more than a single slot when a quiet hour was slow', () => {
    const limit = new AdaptiveLimit(10_000, TARGETS);
    serve(limit, 20, { ...SLOW, inFlight: 1 });
    expect(limit.limit(now)).toBeGreaterThanOrEqual(4);
  });

  it('takes no notice of answers without times, or with nonsense', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 100, {});
    serve(limit, 100, { ttftMs: Number.NaN, tpotMs: Number.NaN });
    serve(limit, 100, { ttftMs: -5, tpotMs: Number.POSITIVE_INFINITY });
    expect(limit.limit(now)).toBe(64);
  });

  it('forgets what it learnt when it has heard of no call for five minutes', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    serve(limit, 20, SLOW);
    const lowered = limit.limit(now);
    expect([limit.limit(now + 300_000), limit.limit(now + 300_001)]).toEqual([lowered, 64]);
    now += 400_000;
    serve(limit, 1, SLOW);
    expect(limit.limit(now)).toBe(64);
  });

  it('keeps what it learnt when the configuration changes', () => {
    const limit = new AdaptiveLimit(64, TARGETS);
    limit.configure(128, TARGETS);
    expect(limit.limit(now)).toBe(128);
    serve(limit, 20, SLOW);
    const lowered = limit.limit(now);
    limit.configure(256, TARGETS);
    expect(limit.limit(now)).toBe(lowered);
    limit.configure(10, TARGETS);
    expect(limit.limit(now)).toBe(10);
  });

  describe('without targets', () => {
    const UNSET = { minConcurrency: 1 };

    it('finds three times too slow what it saw when it was not busy', () => {
      const limit = new AdaptiveLimit(64, UNSET);
      serve(limit, 100, { ...FAST, inFlight: 2 });
      expect([limit.ttftTargetMs, limit.tpotTargetMs]).toEqual([600, 60]);
      serve(limit, 20, { ttftMs: 550, tpotMs: 20 });
      expect(limit.limit(now)).toBe(64);
      serve(limit, 20, { ttftMs: 650, tpotMs: 20 });
      expect(limit.limit(now)).toBeLessThan(64);
    });

    it('does not get used to load: its targets stay, and the limit sinks', () => {
      const limit = new AdaptiveLimit(256, UNSET);
      serve(limit, 100, { ...FAST, inFlight: 2 });
      serve(limit, 100, { ttftMs: 1_500, tpotMs: 20, inFlight: 64 });
      expect(limit.ttftTargetMs).toBe(600);
      expect(limit.limit(now)).toBeLessThan(64);
    });

    it('follows an upstream that became slower for good, and comes back', () => {
      const limit = new AdaptiveLimit(64, UNSET);
      serve(limit, 400, { ...FAST, inFlight: 2 });
      serve(limit, 20, { ttftMs: 800, tpotMs: 20 });
      expect(limit.limit(now)).toBeLessThan(64);
      serve(limit, 4_000, { ttftMs: 800, tpotMs: 20 });
      expect(limit.limit(now)).toBe(64);
    });

    it('takes the least that it saw under load for want of anything better', () => {
      const limit = new AdaptiveLimit(64, UNSET);
      serve(limit, 20, { ttftMs: 900, tpotMs: 20 });
      serve(limit, 20, { ttftMs: 300, tpotMs: 20 });
      expect(limit.ttftTargetMs).toBe(900);
    });
  });
});
