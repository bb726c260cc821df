import { growth, totalsOf } from './traffic';

const bucket = (ok: number, error: number, p95Ms: number | null) => ({
  at: '2026-11-22T10:00:00Z',
  ...{ ok, error, rejected: 0, aborted: 0, p50Ms: p95Ms, p95Ms },
});
const window = { from: '2026-11-22T10:00:00Z', to: '2026-11-22T10:01:40Z', bucketMs: 1 };

describe('traffic in figures', () => {
  it('adds up the buckets of a window', () => {
    const data = [bucket(90, 10, 100), bucket(100, 0, 300), bucket(0, 0, null), bucket(0, 0, 900)];
    expect(totalsOf({ ...window, data })).toEqual({
      requests: 200,
      errors: 10,
      errorRate: 0.05,
      perSecond: 2,
      p95Ms: 300,
    });
  });

  it('makes up no rate where there was nothing', () => {
    expect(totalsOf({ ...window, data: [] })).toMatchObject({ requests: 0, errorRate: null, p95Ms: null });
    expect([growth(5, 0), growth(null, 5), growth(6, 5)]).toEqual([null, null, expect.closeTo(0.2)]);
  });
});
