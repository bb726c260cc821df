import { matchesTenant } from './tenant-search';

const TENANT = { id: 'acme-retail', name: 'Acme Retail (EU)', tier: 'gold', tags: ['eu', 'retail'] };

describe('searching tenants', () => {
  it('finds by any of what names one, in any case', () => {
    for (const text of ['acme', 'RETAIL (', 'gold', 'eu acme']) expect(matchesTenant(TENANT, text)).toBe(true);
  });
  it('wants every word', () => expect(matchesTenant(TENANT, 'acme us')).toBe(false));
  it('takes signs for what they are', () => expect(matchesTenant(TENANT, '.*')).toBe(false));
});
