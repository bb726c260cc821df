import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import type { TailEvent } from '@relay/trace';
import { FakeClock } from '@relay/testing';
import { recordedTrace } from '../../test/recorded-trace';
import { TailReply } from './tail-reply';

/** A client that reads when it is told to. */
class Client extends Writable {
  text = '';
  private waiting: (() => void) | null = null;
  isReading = true;
  head: unknown;

  writeHead(_status: number, head: unknown): void {
    this.head = head;
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.text += chunk.toString();
    if (this.isReading) callback();
    else this.waiting = callback;
  }

  read(): void {
    this.isReading = true;
    this.waiting?.();
  }
}

const event = (n: number): TailEvent => ({
  eventId: `${n}.id`,
  row: { ...recordedTrace(), requestId: 'x'.repeat(1_000) } as unknown as TailEvent['row'],
});
const some = (count: number): TailEvent[] => Array.from({ length: count }, (_, n) => event(n));
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the reply of a tail', () => {
  let client: Client;
  let clock: FakeClock;
  let reply: TailReply;
  let heartbeats: number;

  const newReply = (): void => {
    client = new Client();
    clock = new FakeClock();
    heartbeats = 0;
    reply = new TailReply(client as unknown as ServerResponse, { 'x-id': 'a' }, clock, () => heartbeats++);
  };
  beforeEach(() => {
    newReply();
    reply.begin();
  });

  it('is an event a trace, with the id to go on from', () => {
    reply.events(some(2));
    expect(client.text).toMatch(/id: 0\.id\nevent: trace\ndata: \{.*\}\n\nid: 1\.id\nevent: trace\ndata: /);
  });

  it('breathes while nothing happens, and looks whether the login still holds', () => {
    const before = client.text.length;
    clock.advance(60_000);
    expect(client.text.slice(before)).toBe(':\n\n'.repeat(4));
    expect(heartbeats).toBe(5);
  });

  it('leaves out what a slow client does not take, and says how many', async () => {
    client.isReading = false;
    reply.events(some(5_000));
    expect(client.writableLength).toBeLessThan(300_000);
    clock.advance(1_000);
    client.read();
    await drained();
    const told = client.text.split('event: trace').length - 1;
    expect(client.text).toContain(`event: dropped\ndata: {"count":${5_000 - told}}`);
    expect(client.destroyed).toBe(false);
  });

  it('leaves out nothing of a burst where the client reads at once', async () => {
    reply.events(some(5_000));
    reply.events(some(1_000));
    while (client.writableLength > 0) await drained();
    expect(client.text.split('event: trace').length - 1).toBe(6_000);
    expect(client.text).not.toContain('event: dropped');
  });

  it('holds so many rows at most, and says what it lost when it ends', async () => {
    client.isReading = false;
    reply.events(some(25_000));
    reply.end('time');
    client.read();
    await drained();
    const told = client.text.split('event: trace').length - 1;
    const dropped = [...client.text.matchAll(/"count":(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(told + dropped).toBe(25_000);
    expect(client.text.indexOf('event: end')).toBeGreaterThan(client.text.lastIndexOf('event: dropped'));
  });

  it('cuts off a client that has stopped reading', () => {
    client.isReading = false;
    reply.events(some(5_000));
    clock.advance(30_000);
    expect(client.destroyed).toBe(true);
  });

  it('says why it ends, and leaves no timer behind', async () => {
    reply.end('login_expired');
    await drained();
    expect(client.text).toContain('event: end\ndata: {"reason":"login_expired"}\n\n');
    expect(client.writableFinished).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('begins with its head, also where rows were dropped or its time was over before', async () => {
    newReply();
    reply.drop(3);
    expect([client.head, client.text]).toEqual([undefined, '']);
    reply.end('login_ended');
    reply.begin();
    await drained();
    expect(client.head).toMatchObject({ 'x-id': 'a', 'content-type': 'text/event-stream; charset=utf-8' });
    expect(client.text).toMatch(
      /^retry: \d+\n\nevent: dropped\ndata: {"count":3}\n\n:\n\nevent: end\ndata: {"reason":"login_ended"}\n\n$/,
    );
    expect(clock.pending).toBe(0);
  });
});
