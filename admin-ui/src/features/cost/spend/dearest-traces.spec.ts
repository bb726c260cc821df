import { periodOf } from '../period';
import { dearestTraces } from './dearest-traces';

it('leads from costs to the traces of the same filters and days, the dearest first', () => {
  const period = periodOf('month', { kind: 'moving', name: '1h', ms: 1 }, Date.parse('2026-11-22T10:30:00Z'));
  const address = new URL(dearestTraces({ period, filters: { tenant: 'a&b', key: 'key_1' } }), 'http://relay');
  expect(address.pathname).toBe('/traces');
  expect(Object.fromEntries(address.searchParams)).toEqual({
    sort: 'dearest',
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-11-22T11:00:00.000Z',
    tenant: 'a&b',
    keyId: 'key_1',
  });
});
