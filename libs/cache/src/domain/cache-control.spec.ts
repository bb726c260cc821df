import { parseCacheControl } from './cache-control';

const none = { noCache: false, noStore: false, onlyIfCached: false };

describe('the Cache-Control request header', () => {
  it.each([
    [undefined, none],
    ['', none],
    ['no-cache', { ...none, noCache: true }],
    ['NO-STORE', { ...none, noStore: true }],
    [' no-cache , no-store,only-if-cached', { noCache: true, noStore: true, onlyIfCached: true }],
    ['max-age=60', { ...none, maxAgeSeconds: 60 }],
    ['max-age="60"', { ...none, maxAgeSeconds: 60 }],
    ['max-age=99999999999999999999', { ...none, maxAgeSeconds: 2 ** 31 }],
    ['max-age = 0', { ...none, maxAgeSeconds: 0 }],
    ['max-stale=3, foo="bar", x', none],
  ])('%j', (header, directives) => {
    expect(parseCacheControl(header)).toEqual(directives);
  });

  it('asks for a fresh answer when max-age cannot be read', () => {
    for (const header of ['max-age', 'max-age=-1', 'max-age=soon', 'max-age=1.5']) {
      expect(parseCacheControl(header).maxAgeSeconds).toBe(0);
    }
  });

  it('keeps to the strictest of several max-age', () => {
    expect(parseCacheControl('max-age=60, max-age=5').maxAgeSeconds).toBe(5);
  });
});
