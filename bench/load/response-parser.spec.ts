import { headerValue, ResponseParser } from './response-parser';

/** Feeds the text in pieces of `size` bytes and notes what the parser says. */
function parse(text: string, size = text.length): { status: number[]; bodies: string[]; parser: ResponseParser } {
  const status: number[] = [];
  const bodies: string[] = [];
  let body = '';
  const parser = new ResponseParser({
    onHead: (code) => void status.push(code),
    onBody: (bytes, start, end) => void (body += bytes.toString('latin1', start, end)),
    onEnd: () => {
      bodies.push(body);
      body = '';
    },
  });
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) parser.feed(bytes.subarray(at, at + size));
  return { status, bodies, parser };
}

const fixed = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-relay-cache: miss\r\n\r\nhello';
const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, world 42\r\n0\r\n\r\n';
const empty = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n';

describe('ResponseParser', () => {
  const sizes = [1, 2, 3, 7, 64, 10_000];

  it.each(sizes)('reads replies of each framing one after the other, in pieces of %d bytes', (size) => {
    const { status, bodies } = parse(fixed + chunked + empty + fixed, size);
    expect(status).toEqual([200, 200, 503, 200]);
    expect(bodies).toEqual(['hello', 'hello, world 42', '', 'hello']);
  });

  it.each(sizes)('skips trailers, in pieces of %d bytes', (size) => {
    const reply = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-a: 1\r\nx-b: 2\r\n\r\n';
    expect(parse(reply + fixed, size).bodies).toEqual(['ok', 'hello']);
  });

  it('takes the end of the connection as the end of a reply that has no length', () => {
    const { bodies, parser } = parse('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it');
    expect(bodies).toEqual([]);
    expect(parser.close()).toBe(true);
    expect(bodies).toEqual(['all of it']);
  });

  it.each([fixed.slice(0, -1), chunked.slice(0, -1), fixed.slice(0, 12)])(
    'knows that a cut reply is not complete',
    (cut) => {
      const { bodies, parser } = parse(cut);
      expect(parser.close()).toBe(false);
      expect(bodies).toEqual([]);
    },
  );

  it('refuses what is not HTTP', () => {
    expect(() => parse('SSH-2.0-OpenSSH_9.2\r\n\r\n')).toThrow('not an HTTP response');
    expect(() => parse('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n')).toThrow('bad chunk size');
  });
});

describe('headerValue', () => {
  it('finds a header whatever its case and spacing', () => {
    expect(headerValue(fixed, 'content-length')).toBe('5');
    expect(headerValue('HTTP/1.1 200 OK\r\nX-Relay-Cache:hit', 'x-relay-cache')).toBe('hit');
  });
  it('is null for one that is not there', () => expect(headerValue(chunked, 'content-length')).toBeNull());
});
