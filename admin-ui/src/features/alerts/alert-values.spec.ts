import { formatValue, fromEntry, scopeText, toEntry } from './alert-values';

describe('values of alerts', () => {
  it('are told in their units', () => {
    expect(formatValue(0.072, 'share')).toBe('7.2 %');
    expect(formatValue(4_600, 'ms')).toBe('4.60 s');
    expect(formatValue(120, 'usd-per-hour')).toBe('$120.00 an hour');
    expect(formatValue(67_108_864, 'bytes')).toBe('67.1 MB');
  });
  it('come out of a field as they went in', () => {
    for (const value of [0.07, 0.29, 0.005, 0.57]) expect(fromEntry(toEntry(value, 'share'), 'share')).toBe(value);
    expect(toEntry(0.07, 'share')).toBe(7);
    expect(fromEntry(64, 'bytes')).toBe(64_000_000);
  });
});

describe('a scope', () => {
  it('names what it is narrowed to', () =>
    expect(scopeText({ tenant: 'acme', model: null, provider: 'openai' })).toBe('tenant acme, provider openai'));
  it('is empty for everything', () => expect(scopeText({ tenant: null, model: null, provider: null })).toBe(''));
});
