import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { RelayError, Result } from '@relay/core';
import { readBody } from './read-body';

const LIMIT = 100_000;

describe('the body of a request', () => {
  let server: Server;
  let client: Socket;
  let request: IncomingMessage;
  let response: ServerResponse;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  });
  afterEach(() => {
    client.destroy();
    server.close();
  });

  /** Sends a head, and reads what follows it. */
  async function read(head: string, ...parts: (string | Buffer)[]): Promise<Result<Buffer, RelayError>[]> {
    const arrived = once(server, 'request');
    client.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
    [request, response] = (await arrived) as [IncomingMessage, ServerResponse];
    const told: Result<Buffer, RelayError>[] = [];
    const settled = new Promise<void>((resolve) =>
      readBody(request, response, LIMIT, (body) => {
        told.push(body);
        resolve();
      }),
    );
    for (const part of parts) client.write(part);
    await settled;
    return told;
  }
  const refusal = ([body]: Result<Buffer, RelayError>[]): string => (body?.ok === false ? body.error.code : 'none');

  it.each([0, 1, LIMIT])('is whole, of %i bytes', async (length) => {
    const sent = Buffer.from(Array.from({ length }, (_, i) => i % 251));
    const [body] = await read(`content-length: ${length}`, sent);
    expect(body?.ok === true && body.value.equals(sent)).toBe(true);
  });

  it('is put together from chunks, in memory of its own', async () => {
    const [body] = await read('transfer-encoding: chunked', '3\r\nabc\r\n', '2\r\nde\r\n0\r\n\r\n');
    expect(body?.ok === true && body.value.toString()).toBe('abcde');
  });

  it('is not read if it says that it is too long', async () => {
    const told = await read(`content-length: ${LIMIT + 1}`);
    expect(refusal(told)).toBe('body_too_large');
    expect(request.listenerCount('data')).toBe(0);
  });

  it('is given up as soon as it is too long, and told once', async () => {
    const piece = `${LIMIT.toString(16)}\r\n${'x'.repeat(LIMIT)}\r\n`;
    const told = await read('transfer-encoding: chunked', piece, piece);
    expect(refusal(told)).toBe('body_too_large');
    const closed = once(request, 'close');
    client.write(`${piece}0\r\n\r\n`);
    client.destroy();
    await closed;
    expect(told).toHaveLength(1);
  });

  it('of a client that has left is told as an error, though no event tells of it', async () => {
    const arrived = once(server, 'request');
    client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc');
    [request, response] = (await arrived) as [IncomingMessage, ServerResponse];
    const left = once(response, 'close');
    client.destroy();
    await left;
    const told: Result<Buffer, RelayError>[] = [];
    readBody(request, response, LIMIT, (body) => told.push(body));
    expect([told.length, refusal(told)]).toEqual([1, 'invalid_request']);
  });

  it('that its client breaks off is told as an error, and leaves nobody listening', async () => {
    const reading = read('content-length: 9', 'abc');
    await once(server, 'request');
    client.destroy();
    const told = await reading;
    expect(refusal(told)).toBe('invalid_request');
    expect(['data', 'end', 'error'].map((event) => request.listenerCount(event))).toEqual([0, 0, 0]);
  });
});
