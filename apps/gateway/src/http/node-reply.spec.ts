import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { turnEnd } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { CLIENT_STALL_MS, NodeReply } from './node-reply';
import { MAX_STRING_BYTES } from './outbox';

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

describe('a whole reply', () => {
  let server: Server;
  let responses: ServerResponse[];

  beforeEach(async () => {
    responses = [];
    server = createServer((_request, response) => responses.push(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  /** As many requests, on a connection each; gives what comes on them until they are closed. */
  async function requests(count: number): Promise<Promise<string>[]> {
    const { port } = server.address() as AddressInfo;
    const texts = Array.from({ length: count }, async () => {
      const client = connect(port, '127.0.0.1');
      client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      let text = '';
      for await (const bytes of client) text += (bytes as Buffer).toString('latin1');
      return text;
    });
    while (responses.length < count) await once(server, 'request');
    return texts;
  }

  const reply = (i: number): NodeReply => new NodeReply(responses[i] as ServerResponse, new FakeClock());
  const send = (to: NodeReply, body: Buffer): void => to.send(200, ['content-length', String(body.length)], body);
  const LONG = Buffer.alloc(20 * 1_048_576);
  const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

  it.each([0, 1, 8_192, 8_193])('comes as it is, %i bytes of any value', async (length) => {
    const [text] = await requests(1);
    const body = Buffer.from(Array.from({ length }, (_, i) => i % 256));
    send(reply(0), body);
    expect(bodyOf((await text) as string)).toBe(body.toString('latin1'));
  });

  it('leaves when the turn ends, after what must be kept', async () => {
    const [text] = await requests(1);
    const answer = reply(0);
    let wasSent: boolean | null = null;
    turnEnd.keep(() => (wasSent = responses[0]?.headersSent ?? null));
    send(answer, Buffer.from('x'));
    expect([answer.started, responses[0]?.headersSent]).toEqual([true, false]);
    await text;
    expect(wasSent).toBe(false);
  });

  it('is not taken back once it is on its way', async () => {
    const [text] = await requests(1);
    const answer = reply(0);
    send(answer, Buffer.from('whole'));
    answer.abandon();
    expect(bodyOf((await text) as string)).toBe('whole');
  });

  it('takes along who waits, and does not wait itself, if it is long', async () => {
    const texts = await requests(2);
    send(reply(0), Buffer.from('short'));
    send(reply(1), Buffer.alloc(MAX_STRING_BYTES + 1, 'y'));
    expect(responses.map(({ headersSent }) => headersSent)).toEqual([true, true]);
    expect((await Promise.all(texts)).map((text) => bodyOf(text).length)).toEqual([5, MAX_STRING_BYTES + 1]);
  });

  it('does not wait for more than fifteen others', async () => {
    const texts = await requests(17);
    for (let i = 0; i < 17; i++) send(reply(i), Buffer.from(`${i}`));
    expect(responses.slice(0, 16).every(({ headersSent }) => headersSent)).toBe(true);
    expect((await Promise.all(texts)).map(bodyOf)).toEqual(texts.map((_, i) => `${i}`));
  });

  it('breaks its own connection with a head that HTTP does not allow, and no other', async () => {
    const [bad, good] = await requests(2);
    reply(0).send(200, ['x-model', 'two\nlines'], Buffer.from('x'));
    send(reply(1), Buffer.from('well'));
    expect(await bad).toBe('');
    expect(bodyOf((await good) as string)).toBe('well');
  });

  it.each<[string, (to: NodeReply) => void]>([
    ['', (to) => send(to, LONG)],
    [' at the end of a stream', (to) => (to.startStream([]), to.end(LONG))],
  ])('%s is cut off where the client takes nothing of it for too long', async (_name, answer) => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(server, 'request');
    const response = responses[0] as ServerResponse;
    const closed = once(response, 'close');
    answer(new NodeReply(response, new FakeClock(), 50));
    await closed;
    let bytes = 0;
    for await (const part of client) bytes += (part as Buffer).length;
    expect(bytes).toBeLessThan(LONG.length);
  });

  it('leaves its limit to none that comes behind it on the connection', async () => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    while (responses.length < 2) await once(server, 'request');
    const [first, second] = responses as [ServerResponse, ServerResponse];
    const finished = once(first, 'finish');
    new NodeReply(first, new FakeClock(), 50).send(200, ['content-length', String(LONG.length)], LONG);
    let bytes = 0;
    client.on('data', (part: Buffer) => (bytes += part.length));
    await finished;
    expect(second.socket?.timeout).toBe(0);
    second.end('second');
    await once(client, 'close');
    expect(bytes).toBeGreaterThan(LONG.length + 'second'.length);
  });

  it('is not for those who have left', async () => {
    await requests(1).then(([text]) => {
      const left = once(responses[0] as ServerResponse, 'close');
      responses[0]?.socket?.destroy();
      return Promise.all([left, text]);
    });
    send(reply(0), Buffer.from('x'));
    turnEnd.run();
    expect(responses[0]?.headersSent).toBe(false);
  });
});
