import { sharesOf } from './stage-parts';

const row = { status: 'ok', cache: 'miss', queueMs: 100, ttftMs: 300, totalMs: 1_000 } as const;

describe('where the time went', () => {
  it('is waiting, the time to the first token, and the stream', () => {
    expect(sharesOf(row)).toEqual([
      { part: 'queue', ms: 100 },
      { part: 'upstream', ms: 200 },
      { part: 'stream', ms: 700 },
    ]);
  });

  it('is the cache for a hit, and lost for a failure', () => {
    expect(sharesOf({ ...row, cache: 'exact-l1' })).toEqual([{ part: 'cache', ms: 1_000 }]);
    expect(sharesOf({ ...row, status: 'error', ttftMs: null, queueMs: 0 })).toEqual([{ part: 'failed', ms: 1_000 }]);
  });

  it('is a wait where the same call of another request was waited for', () => {
    expect(sharesOf({ ...row, cache: 'coalesced' })).toEqual([{ part: 'wait', ms: 1_000 }]);
  });

  it('adds up to the whole', () => {
    const odd = { ...row, queueMs: 2_000, ttftMs: 5_000 };
    expect(sharesOf(odd).reduce((sum, { ms }) => sum + ms, 0)).toBe(1_000);
  });
});
