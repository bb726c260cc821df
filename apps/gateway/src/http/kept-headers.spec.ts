import { batchHeaders, keptHeaders } from './kept-headers';

const SENT = {
  authorization: 'Bearer rk-secret',
  'x-tenant-id': 'acme',
  'x-relay-priority': 'interactive',
  'x-relay-deadline-ms': '500',
  'x-relay-tags': 'nightly,eval',
  'x-relay-user': 'ada',
  'cache-control': 'no-store',
};
const tags = (count: number): string => Array.from({ length: count }, (_, n) => `t${n}`).join();

describe('headers that are kept with an order', () => {
  it('keeps with a response how it is to be served, and nothing that tells who calls', () => {
    const { authorization: _key, 'x-tenant-id': _tenant, ...others } = SENT;
    expect(keptHeaders(SENT)).toEqual(others);
  });

  it('keeps with a batch what does not say when its lines are asked', () => {
    expect(batchHeaders(SENT)).toEqual({
      ok: true,
      value: { 'x-relay-tags': 'nightly,eval', 'x-relay-user': 'ada', 'cache-control': 'no-store' },
    });
    expect(batchHeaders({})).toEqual({ ok: true, value: {} });
  });

  it('refuses an order at once whose lines would all be refused', () => {
    expect(batchHeaders({ 'x-relay-tags': tags(15) })).toMatchObject({ ok: true });
    expect(batchHeaders({ 'x-relay-tags': tags(16) })).toMatchObject({ ok: false, error: { param: 'x-relay-tags' } });
    expect(batchHeaders({ 'x-relay-user': 'x'.repeat(300) })).toMatchObject({ error: { param: 'x-relay-user' } });
  });
});
