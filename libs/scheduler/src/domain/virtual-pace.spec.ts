import { VirtualPace } from './virtual-pace';

describe('VirtualPace', () => {
  const running = (readings: number, perSecond: number): VirtualPace => {
    const pace = new VirtualPace();
    for (let i = 0; i < readings; i++) pace.observe(i * perSecond, i * 1_000, true);
    return pace;
  };

  it('foretells when a start tag comes up, by how fast the virtual time ran', () => {
    expect(running(10, 500).untilMs(5_000, 4_500)).toBeCloseTo(1_000);
    expect(running(10, 500).untilMs(4_000, 4_500)).toBe(0);
  });

  it('goes by the last half minute', () => {
    const pace = running(100, 500);
    for (let i = 0; i < 30; i++) pace.observe(50_000 + i * 100, 100_000 + i * 1_000, true);
    expect(pace.untilMs(53_900, 52_900)).toBeCloseTo(10_000);
  });

  it('knows nothing at first, when nothing moves, and after nobody waited', () => {
    expect(running(4, 500).untilMs(5_000, 0)).toBeUndefined();
    expect(running(10, 0).untilMs(5_000, 0)).toBeUndefined();
    const pace = running(10, 500);
    pace.observe(6_000, 10_000, false);
    expect(pace.untilMs(9_000, 6_000)).toBeUndefined();
  });
});
