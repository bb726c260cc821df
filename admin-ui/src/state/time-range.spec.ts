import { boundsOf, rangeQuery, readTimeRange } from './time-range';

const read = (query: string) => readTimeRange(new URLSearchParams(query));

describe('the time range of the address', () => {
  it('is the last hour unless another is named', () => {
    expect(read('')).toMatchObject({ kind: 'moving', name: '1h' });
    expect(read('range=7d')).toMatchObject({ kind: 'moving', name: '7d' });
    expect(read('range=toString')).toMatchObject({ name: '1h' });
  });

  it('ends now while it moves', () => {
    expect(boundsOf(read('range=15m'), 1_000_000)).toEqual({ from: 100_000, to: 1_000_000 });
  });

  it('is what was cut out, if that is a window', () => {
    const cut = 'from=2026-11-22T10:00:00.000Z&to=2026-11-22T10:05:00.000Z';
    expect(rangeQuery(read(cut))).toEqual({ from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T10:05:00.000Z' });
    expect(read('from=2026-11-22T10:05:00Z&to=2026-11-22T10:00:00Z')).toMatchObject({ kind: 'moving' });
    expect(read('from=yesterday&to=now')).toMatchObject({ kind: 'moving' });
  });
});
