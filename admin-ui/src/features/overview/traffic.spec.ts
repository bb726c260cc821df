import { growth, totalsOf } from './traffic';

const bucket = (ok: number, error: number, p95Ms: number | null) => ({
  at: '2026-11-22T10:00:00Z',
  ...{ ok, error, rejected: 0, aborted: 0, p50Ms: p95Ms, p95Ms },
});
const window = {
  ...{ from: '2026-11-22T10:00:00Z', to: '2026-11-22T10:01:40Z', bucketMs: 1 },
  ...{ total: null, groups: [], newest: null },
};

describe('traffic in figures', () => {
  it('adds up the buckets of a window', () => {
    const data = [bucket(90, 10, 100), bucket(100, 0, 300), bucket(0, 0, null), bucket(0, 0, 900)];
    expect(totalsOf({ ...window, data })).toEqual({
      requests: 200,
      errors: 10,
      errorRate: 0.05,
      perSecond: 2,
      recovered: null,
    });
  });

  it('tells how many of those that a call failed were answered by another one', () => {
    const overhead = { p50Ms: 1, p95Ms: 2, p99Ms: 3 };
    const recoveredOf = (recovered: number, failed: number) =>
      totalsOf({ ...window, data: [], newest: { looked: 100, recovered, failed, overhead } }).recovered;
    expect([recoveredOf(3, 1), recoveredOf(0, 4), recoveredOf(0, 0)]).toEqual([0.75, 0, null]);
  });

  it('makes up no rate where there was nothing', () => {
    expect(totalsOf({ ...window, data: [] })).toMatchObject({ requests: 0, errorRate: null, recovered: null });
    expect([growth(5, 0), growth(null, 5), growth(6, 5)]).toEqual([null, null, expect.closeTo(0.2)]);
  });
});
