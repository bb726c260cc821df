import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
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
