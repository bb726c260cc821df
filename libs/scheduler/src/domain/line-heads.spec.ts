import { LineHeads } from './line-heads';

describe('LineHeads', () => {
  it('knows the lowest start tag of all processes, by class', () => {
    const heads = new LineHeads();
    heads.hear('a', { short: 700, long: 50 }, 0);
    heads.hear('b', { short: 300 }, 0);
    expect([heads.lowest('short', 1), heads.lowest('long', 1)]).toEqual([300, 50]);
    heads.hear('b', { short: 900 }, 2);
    expect(heads.lowest('short', 3)).toBe(700);
  });

  it('forgets a ticket that was called, and a process that has said nothing for three seconds', () => {
    const heads = new LineHeads();
    heads.hear('a', { short: 10, long: 20 }, 0);
    heads.called('a', 'short');
    heads.called('unknown', 'short');
    expect([heads.lowest('short', 1), heads.lowest('long', 3_000)]).toEqual([Infinity, 20]);
    expect(heads.lowest('long', 3_001)).toBe(Infinity);
  });
});
