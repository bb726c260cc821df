import { isFromElsewhere } from './own-site.guard';

const HOST = 'relay.example:4100';

describe('who may set or take the session cookie', () => {
  it.each([
    ['a program', {}, false],
    ['the console', { 'sec-fetch-site': 'same-origin', origin: 'https://relay.example:4100' }, false],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, false],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true],
    ['another port of the same site', { 'sec-fetch-site': 'same-site', origin: 'http://relay.example:9' }, true],
    ['the console over plain http, where browsers say less', { origin: 'http://Relay.example:4100' }, false],
    ['another site over plain http', { origin: 'http://evil.example' }, true],
    ['another port over plain http', { origin: 'http://relay.example:9' }, true],
    ['a page without an origin', { origin: 'null' }, true],
    [
      'the console behind a proxy with a name of its own',
      { 'sec-fetch-site': 'same-origin', origin: 'https://public' },
      false,
    ],
  ])('%s: %p from elsewhere: %p', (_who, headers, expected) =>
    expect(isFromElsewhere({ headers, host: HOST })).toBe(expected),
  );
});
