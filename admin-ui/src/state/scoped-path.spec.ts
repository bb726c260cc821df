import { scopedPath } from './scoped-path';

describe('going to another page', () => {
  it('keeps tenant and time range, and nothing else', () => {
    expect(scopedPath('/traces', '?tenant=acme&range=7d&status=error')).toBe('/traces?tenant=acme&range=7d');
    expect(scopedPath('/cache', '?q=x')).toBe('/cache');
  });

  it('lets the link say otherwise', () => {
    expect(scopedPath('/traces?status=error&tenant=other', '?tenant=acme')).toBe('/traces?status=error&tenant=other');
  });
});
