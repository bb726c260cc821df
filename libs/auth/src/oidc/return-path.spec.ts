import { returnPath } from './return-path';

describe('where a login ends', () => {
  it.each(['/', '/traces', '/traces?tenant=acme&q=a%20b#top'])('may be %s', (path) => {
    expect(returnPath(path)).toBe(path);
  });

  it.each([
    undefined,
    '',
    'traces',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    '/../..//evil.example',
    '/.//evil.example',
    '/ evil',
    '/\tevil',
    '/a\r\nset-cookie: a=b',
    'javascript:alert(1)',
    `/${'x'.repeat(2_000)}`,
    '/é',
  ])('is home instead of %j', (path) => {
    expect(returnPath(path)).toBe('/');
  });
});
