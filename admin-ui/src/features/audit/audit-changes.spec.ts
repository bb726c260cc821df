import { readDetail, summaryOf } from './audit-changes';

describe('the detail of an entry', () => {
  it('tells fields that were changed from what else is said', () =>
    expect(readDetail({ tenant: 'beta', models: { from: ['small'], to: null } })).toEqual({
      changes: [{ field: 'models', from: ['small'], to: null }],
      facts: [{ name: 'tenant', value: 'beta' }],
    }));
  it('compares before with after, field by field', () =>
    expect(readDetail({ before: { a: 1, b: [2] }, after: { a: 1, b: [3], c: 4 } }).changes).toEqual([
      { field: 'b', from: [2], to: [3] },
      { field: 'c', from: null, to: 4 },
    ]));
  it('takes a before and after that have no fields as one value', () =>
    expect(readDetail({ before: null, after: 'sha256:1' }).changes).toEqual([
      { field: 'value', from: null, to: 'sha256:1' },
    ]));
  it('has no change where the value is the same', () =>
    expect(readDetail({ before: 'sha256:1', after: 'sha256:1' }).changes).toEqual([]));
  it('does not take an object that happens to begin somewhere for a change', () =>
    expect(readDetail({ range: { from: 1, to: 2, step: 1 } }).changes).toEqual([]));
});

describe('its summary', () => {
  it('fits a line, however long a value is', () => {
    const text = summaryOf({ role: { from: 'viewer', to: 'operator' }, name: 'x'.repeat(10_000) });
    expect(text).toMatch(/^role: viewer → operator · name: x{60}…$/);
  });
  it('says nothing of nothing', () => expect(summaryOf({})).toBe(''));
});
