import { RefusalLimit } from './refusal-limit';

describe('RefusalLimit', () => {
  it('is what is configured until the upstream refuses', () => {
    expect(new RefusalLimit(100, 1).limit(5_000)).toBe(100);
  });

  it('sinks to 0.7 of itself, once for a burst of refusals', () => {
    const limit = new RefusalLimit(100, 1);
    for (let i = 0; i < 50; i++) limit.lower(100, 1_000, 2_000 + i);
    expect(limit.limit(2_050)).toBe(70);
    expect(limit.count).toBe(1);
  });

  it('does not count what was under way at the last cut, however late it is refused', () => {
    const limit = new RefusalLimit(100, 1);
    limit.lower(100, 1_000, 2_000);
    limit.lower(100, 1_999, 10_000);
    expect(limit.count).toBe(1);
  });

  it('sinks again when what began after the cut is refused, down to the least', () => {
    const limit = new RefusalLimit(100, 4);
    for (let now = 1_000; now < 40_000; now += 1_000) limit.lower(limit.limit(now), now - 100, now);
    expect(limit.limit(39_000)).toBe(4);
  });

  it('is back where it was refused after 20 seconds, and where it was configured after two minutes', () => {
    const limit = new RefusalLimit(1_000, 1);
    limit.lower(50, 0, 0);
    expect(limit.limit(0)).toBe(70);
    const curve = [5_000, 10_000, 20_000, 30_000].map((now) => limit.limit(now));
    expect(curve).toEqual([87, 96, 100, 103]);
    expect(limit.limit(120_000)).toBe(1_000);
  });

  it('leaves more than a single slot after one bad 429 in a quiet hour', () => {
    const limit = new RefusalLimit(256, 1);
    limit.lower(1, 0, 0);
    expect(limit.limit(0)).toBe(5);
    expect(limit.limit(180_000)).toBe(256);
  });
});
