import { Pace } from './pace';

describe('Pace', () => {
  it('lets a few through at once, then one at a time, and a few again after a pause', () => {
    const pace = new Pace(20, 3);
    expect([0, 0, 0, 0, 0].map((now) => pace.book(now))).toEqual([0, 0, 0, 20, 40]);
    expect(pace.book(1_000)).toBe(0);
  });
});
