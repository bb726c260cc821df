import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { FakeClock } from '@relay/testing';
import { CLIENT_STALL_MS, NodeReply } from './node-reply';

const FRAMES = Buffer.alloc(1_048_576, 'data: x\n\n');

describe('a reply to a client that reads slowly', () => {
  let server: Server;
  let client: Socket;
  let response: ServerResponse;
  let reply: NodeReply;
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const arrived = once(server, 'request');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.pause();
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    response = ((await arrived) as [unknown, ServerResponse])[1];
    reply = new NodeReply(response, clock);
    reply.startStream([]);
  });
  afterEach(() => {
    client.destroy();
    server.close();
  });

  /** Fills the client's buffers until the reply asks for a pause. */
  const fill = (resume: () => void): void => {
    while (reply.write(FRAMES, resume));
  };

  it('goes on as soon as the client has caught up', async () => {
    const resumed = new Promise<void>((resolve) => fill(resolve));
    client.resume();
    await resumed;
    expect(clock.pending).toBe(0);
    expect(response.destroyed).toBe(false);
  });

  it('is cut off when the client reads nothing for too long', async () => {
    const closed = once(response, 'close');
    fill(() => undefined);
    clock.advance(CLIENT_STALL_MS - 1);
    expect(response.destroyed).toBe(false);
    clock.advance(1);
    await closed;
    expect(response.writableFinished).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('keeps nobody waiting for a client that leaves, or that has left', async () => {
    const resumed = new Promise<void>((resolve) => fill(resolve));
    client.destroy();
    await resumed;
    expect(clock.pending).toBe(0);
    expect(reply.write(FRAMES, () => undefined)).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe('a stream as clients read it', () => {
  let server: Server;
  const replies: NodeReply[] = [];
  const PIECES = [
    Buffer.from('data: é\n\n'),
    Buffer.alloc(20_000, 'y'),
    Buffer.alloc(0),
    Buffer.from('data: last\n\n'),
  ];
  const WHOLE = Buffer.concat(PIECES).toString();

  beforeEach(async () => {
    replies.length = 0;
    server = createServer((_request, response) => replies.push(new NodeReply(response, new FakeClock())));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const port = (): number => (server.address() as AddressInfo).port;

  /** What comes for what is written at once, until the connection is closed. */
  async function exchange(requests: string, expected: number, send: () => void): Promise<string> {
    const client = connect(port(), '127.0.0.1');
    client.write(requests);
    while (replies.length < expected) await once(server, 'request');
    send();
    let text = '';
    for await (const bytes of client) text += String(bytes);
    return text;
  }

  function stream(reply: NodeReply | undefined, pieces: readonly Buffer[]): void {
    reply?.startStream(['content-type', 'text/event-stream']);
    for (const piece of pieces) reply?.write(piece, () => undefined);
    reply?.end(Buffer.from('data: [DONE]\n\n'));
  }

  it('is what was written, to the byte', async () => {
    const response = await new Promise<IncomingMessage>((resolve) => {
      get({ host: '127.0.0.1', port: port(), agent: false }, resolve);
      server.once('request', () => stream(replies[0], PIECES));
    });
    let text = '';
    for await (const bytes of response.setEncoding('utf8')) text += String(bytes);
    expect(text).toBe(`${WHOLE}data: [DONE]\n\n`);
  });

  it('comes without lengths where the client knows no chunks', async () => {
    const text = await exchange('GET / HTTP/1.0\r\n\r\n', 1, () => stream(replies[0], PIECES));
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(`${WHOLE}data: [DONE]\n\n`);
  });

  it('waits for the one before it on the same connection', async () => {
    const requests = 'GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    const text = await exchange(requests, 2, () => {
      stream(replies[1], [Buffer.from('second')]);
      stream(replies[0], [Buffer.from('first')]);
    });
    expect(text.split('HTTP/1.1 200 OK').map((part) => /(first|second)\r\n/.exec(part)?.[1])).toEqual([
      undefined,
      'first',
      'second',
    ]);
  });
});
