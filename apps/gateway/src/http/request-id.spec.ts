import { requestIdOf } from './request-id';

describe('the id of a request', () => {
  it.each(['a', 'req_1', '0199aaaa-0000-7000-8000-00000000002a', 'A.b:c+d/e=f@g', 'x'.repeat(128)])(
    'is the one that the client sent: %s',
    (sent) => {
      expect(requestIdOf(sent, 'own')).toBe(sent);
    },
  );

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one of 129 characters', 'x'.repeat(129)],
    ['one with a space', 'a b'],
    ['one that would break a log line', 'a\nb'],
    ['one that ends in a line break', 'a\n'],
    ['one that would break a header', 'a\r\nset-cookie: x'],
    ['one with quotes', '"a"'],
    ['one that is not ASCII', 'anfrage-ä'],
    ['several', ['a', 'b']],
  ])('is the own one where the client sent %s', (_what, sent) => {
    expect(requestIdOf(sent, 'own')).toBe('own');
  });
});
