import { ReplyCheck } from './reply-check';

const check = (stream: boolean, body: string, size = body.length): ReplyCheck => {
  const reply = new ReplyCheck(
    stream,
    () => 7,
    () => undefined,
  );
  reply.reset();
  reply.onHead(200, 'HTTP/1.1 200 OK\r\nx-relay-cache: miss');
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) reply.onBody(bytes, at, Math.min(at + size, bytes.length));
  reply.onEnd();
  return reply;
};

describe('ReplyCheck', () => {
  it('accepts a whole JSON object and notes first byte and cache result', () => {
    expect(check(false, '{"id":1}', 3)).toMatchObject({ error: null, firstByteAt: 7, cacheResult: 'miss' });
  });
  it.each(['<html></html>', '{"id":', ''])('refuses %j as a JSON reply', (body) => {
    expect(check(false, body).error).toBe('incomplete body');
  });
  it.each([1, 2, 5, 1_000])('counts the events of a stream that ends with [DONE], in pieces of %d bytes', (size) => {
    expect(check(true, 'data: {"a":1}\n\ndata: {"b":2}\n\ndata: [DONE]\n\n', size)).toMatchObject({
      error: null,
      events: 3,
    });
  });
  it('refuses a stream without [DONE]', () => {
    expect(check(true, 'data: {"a":1}\n\n').error).toBe('incomplete body');
  });
  it('reports a status other than 200', () => {
    const reply = new ReplyCheck(
      false,
      () => 1,
      () => undefined,
    );
    reply.onHead(429, 'HTTP/1.1 429 Too Many Requests');
    expect(reply.error).toBe('status 429');
  });
});
