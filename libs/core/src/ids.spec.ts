import { newTraceId, traceIdTime } from './ids';

describe('trace ids', () => {
  it('tell the millisecond they were made in', () => {
    const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(traceIdTime(newTraceId(at))).toBe(at);
  });

  it('sort by time', () => {
    const ids = [3, 1, 2].map((ms) => newTraceId(1_700_000_000_000 + ms));
    expect([...ids].sort()).toEqual([ids[1], ids[2], ids[0]]);
  });

  it('are unique within a millisecond', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newTraceId(1)));
    expect(ids.size).toBe(10_000);
  });

  it.each([
    'not-an-id',
    '',
    '00000000-0000-4000-8000-000000000000',
    '00000000-0000-7000-c000-000000000000',
    '00000000-0000-7000-8000-00000000000',
    '00000000-0000-7000-8000-0000000000000',
    '00000000-0000-7000-8000-00000000000G',
    '00000000-0000-7000-8000-00000000000A',
    '0000000\u0130-0000-7000-8000-000000000000',
    '00000000+0000-7000-8000-000000000000',
    '00000000-0000-7000-8000+000000000000',
  ])('of another form tell no time: %s', (id) => expect(traceIdTime(id)).toBeUndefined());
});
