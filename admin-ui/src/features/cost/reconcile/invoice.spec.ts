import { lastMonth, shareOf, windowOf } from './invoice';

describe('an invoice', () => {
  it('is of the last whole month unless another time is named', () => {
    expect(lastMonth(Date.parse('2026-03-31T23:00:00Z'))).toEqual({ first: '2026-02-01', last: '2026-02-28' });
    expect(lastMonth(Date.parse('2026-01-01T00:00:00Z'))).toEqual({ first: '2025-12-01', last: '2025-12-31' });
  });

  it('has its first and its last day', () => {
    expect(windowOf('2026-02-01', '2026-02-28')).toEqual({
      from: '2026-02-01T00:00:00.000Z',
      to: '2026-03-01T00:00:00.000Z',
    });
    expect(windowOf('2026-02-02', '2026-02-01')).toBeNull();
    expect(windowOf('', '2026-02-01')).toBeNull();
  });

  it('differs by a share of what the traces say, where they say anything', () => {
    const traces = { requests: 1, inputTokens: 1, outputTokens: 1, usd: '4' };
    expect(shareOf({ differenceUsd: '1', traces })).toBe(0.25);
    expect(shareOf({ differenceUsd: '1', traces: null })).toBeNull();
  });
});
