import { formatDuration } from './duration';
import { compareUsd, formatUsd, sumUsd } from './money';
import { formatBytes, formatCompact, formatShare } from './number';
import { formatAgo, formatUtc } from './time';

describe('what people read', () => {
  it.each([
    [null, '–'],
    [0, '0 ms'],
    [0.045, '0.04 ms'],
    [0.41, '0.4 ms'],
    [289.6, '290 ms'],
    [999.7, '1.00 s'],
    [1_449, '1.45 s'],
    [125_000, '2 m 05 s'],
    [11_400_000, '3 h 10 m'],
    [187_200_000, '2 d 4 h'],
  ])('lasts %p ms: %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [null, '–'],
    ['0', '$0'],
    ['612.4', '$612.40'],
    ['0.01324', '$0.0132'],
    ['0.5', '$0.50'],
    ['0.00005375', '$0.0000538'],
    ['12345678901234567.89', '$12,345,678,901,234,567.89'],
  ])('costs %p: %s', (usd, text) => expect(formatUsd(usd)).toBe(text));

  it('adds money without floats', () => {
    expect(sumUsd(['0.1', '0.2', null, '0.000000000001'])).toBe('0.300000000001');
    expect(sumUsd(['0.5', '-1'])).toBe('-0.5');
    expect(compareUsd('10', '9.99')).toBe(1);
  });

  it('counts', () => {
    expect([formatCompact(472), formatCompact(4_120)]).toEqual(['472', '4.1k']);
    expect([0.0114, 0.27, 0, -0.7394].map(formatShare)).toEqual(['1.1 %', '27 %', '0 %', '-74 %']);
    expect([formatBytes(733), formatBytes(1_234_567)]).toEqual(['733 B', '1.2 MB']);
  });

  it('tells time from now, and in UTC', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(formatAgo('2026-11-22T11:59:48Z', now)).toBe('12 s ago');
    expect(formatAgo('2026-11-22T15:00:00Z', now)).toBe('in 3 h');
    expect(formatAgo('2026-01-01T00:00:00Z', now)).toBe('2026-01-01');
    expect(formatUtc('2026-11-22T11:59:48.120Z')).toBe('2026-11-22 11:59:48.120 UTC');
  });
});
