import { marginOf } from './usage-margins.sql';

describe('the sums that a question about usage is answered from', () => {
  it.each([
    [{ groupBy: 'tenant', filters: {} }, 'none'],
    [{ groupBy: 'day', filters: { tenant: 'acme' } }, 'none'],
    [{ groupBy: 'model', filters: { tenant: 'acme' } }, 'model'],
    [{ groupBy: 'model', filters: { model: 'small' } }, 'model'],
    [{ groupBy: 'hour', filters: { key: 'one' } }, 'key_id'],
    [{ groupBy: 'model', filters: { key: 'one' } }, null],
    [{ groupBy: 'none', filters: { provider: 'acme', rule: 'cheap' } }, null],
  ] as const)('of %j are those by %s', (question, margin) => {
    expect(marginOf(question, false)).toBe(margin);
  });

  it.each([
    [{ groupBy: 'tag', filters: {} }, 'tag'],
    [{ groupBy: 'tenant', filters: { tag: 'x' } }, 'tag'],
    [{ groupBy: 'model', filters: { tag: 'x' } }, null],
  ] as const)('of %j, which is about tags, are those by %s', (question, margin) => {
    expect(marginOf(question, true)).toBe(margin);
  });
});
