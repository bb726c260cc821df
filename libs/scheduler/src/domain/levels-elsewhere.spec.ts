import { LevelsElsewhere } from './levels-elsewhere';

const BOTH = ['short', 'long'] as const;

describe('LevelsElsewhere', () => {
  let elsewhere: LevelsElsewhere;
  beforeEach(() => {
    elsewhere = new LevelsElsewhere();
  });

  it('says when the next request of a level above is due, put off by what its level yields', () => {
    elsewhere.hear('a', 't', { short: { interactive: 2_000, standard: 15_000 } }, 100_000);
    elsewhere.hear('b', 't', { long: { standard: 50_000 } }, 100_000);
    expect(elsewhere.dueAbove('t', 'standard', BOTH, 100_000)).toBe(98_000);
    expect(elsewhere.dueAbove('t', 'batch', BOTH, 100_000)).toBe(60_000);
    expect(elsewhere.dueAbove('t', 'batch', ['short'], 100_000)).toBe(95_000);
    expect(elsewhere.dueAbove('t', 'interactive', BOTH, 100_000)).toBe(Infinity);
    expect(elsewhere.dueAbove('u', 'batch', BOTH, 100_000)).toBe(Infinity);
  });

  it('keeps the time at which it heard how old they are', () => {
    elsewhere.hear('a', 't', { short: { interactive: 2_000 } }, 100_000);
    expect(elsewhere.dueAbove('t', 'batch', BOTH, 102_000)).toBe(98_000);
  });

  it.each<[string, () => void]>([
    ['a process says that none waits any more', () => elsewhere.hear('a', 't', {}, 100_000)],
    ['it has left', () => elsewhere.left('a')],
    ['it has said nothing for over three seconds', () => elsewhere.review(103_001)],
  ])('forgets what waited when %s', (_what, forget) => {
    elsewhere.hear('a', 't', { short: { interactive: 0 } }, 100_000);
    expect(elsewhere.isEmpty).toBe(false);
    forget();
    expect(elsewhere.dueAbove('t', 'batch', BOTH, 100_000)).toBe(Infinity);
    expect(elsewhere.isEmpty).toBe(true);
  });

  it('holds nobody up for longer, review or not', () => {
    elsewhere.hear('a', 't', { short: { interactive: 0 } }, 100_000);
    expect(elsewhere.dueAbove('t', 'batch', BOTH, 103_000)).toBe(100_000);
    expect(elsewhere.dueAbove('t', 'batch', BOTH, 103_001)).toBe(Infinity);
  });
});
