import type { Reply } from '@relay/pipeline';
import type { JsonObject } from '@relay/protocols';
import { KeepingReply } from './keeping-reply';

const ECHO = { id: 'resp_new', store: true, background: false, previous_response_id: 'resp_before' };
const JSON_HEADERS = ['content-type', 'application/json', 'content-length', '9'];
const SSE_HEADERS = ['content-type', 'text/event-stream; charset=utf-8'];
const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 1, ...more })}\n\n`;
const lifecycle = (type: string, more: object = {}): string =>
  event(type, { response: { id: 'resp_old', store: false, ...more } });
const CREATED = lifecycle('response.created');
const DELTA = event('response.output_text.delta', { delta: 'about response.completed' });
const COMPLETED = lifecycle('response.completed', { status: 'completed', output: [{ id: 'msg_1' }] });

/** What the client gets. */
class Client implements Reply {
  started = false;
  text = '';
  headers: string[] = [];
  hasEnded = false;
  send(_status: number, headers: string[], body: Buffer): void {
    this.headers = headers;
    this.end(body);
  }
  startStream(): void {
    this.started = true;
  }
  write(frames: Buffer): boolean {
    this.text += frames.toString();
    return true;
  }
  abandon(): void {
    this.hasEnded = true;
  }
  end(tail: Buffer): void {
    this.text += tail.toString();
    this.hasEnded = true;
  }
}

describe('the reply to a request whose answer is kept', () => {
  let client: Client;
  let kept: JsonObject[];
  let store: () => void;
  let reply: KeepingReply;
  beforeEach(() => {
    client = new Client();
    kept = [];
    const stored = new Promise<void>((resolve) => (store = resolve));
    reply = new KeepingReply(client, ECHO, (answer) => {
      kept.push(answer);
      return stored;
    });
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const write = (text: string): boolean => reply.write(Buffer.from(text), () => undefined);

  it('leaves when it is stored, with what the upstream was not told', async () => {
    reply.send(200, [...JSON_HEADERS], Buffer.from('{"id":"resp_old","output":[],"n":1.0,"relay":{"plan":1}}'));
    await settle();
    expect([client.hasEnded, reply.started]).toEqual([false, true]);
    store();
    await settle();
    expect(client.text).toContain('"n":1.0'); // all else as it came
    expect(JSON.parse(client.text)).toMatchObject(ECHO);
    expect(client.headers).toEqual(['content-type', 'application/json', 'content-length', String(client.text.length)]);
    expect(kept).toEqual([{ ...ECHO, output: [], n: 1 }]);
  });

  it('passes refusals on at once', () => {
    reply.send(429, [...JSON_HEADERS], Buffer.from('{"error":{}}'));
    expect([client.text, client.headers, kept]).toEqual(['{"error":{}}', JSON_HEADERS, []]);
  });

  it('streams as it comes, but for the end, which waits until it is stored', async () => {
    reply.startStream([]);
    write(CREATED);
    expect(client.text).toContain('"id":"resp_new","store":true');
    expect(client.text).not.toContain('resp_old');
    write(DELTA);
    expect(client.text.endsWith(DELTA)).toBe(true);
    reply.end(Buffer.from(COMPLETED));
    await settle();
    expect([client.hasEnded, client.text.includes('"status":"completed"')]).toEqual([false, false]);
    store();
    await settle();
    expect(client.text).toContain('"status":"completed"');
    expect(kept).toEqual([{ ...ECHO, status: 'completed', output: [{ id: 'msg_1' }] }]);
  });

  it('keeps an end that came before the stream was over, however it was cut', async () => {
    const long = lifecycle('response.completed', { status: 'completed', text: 'é'.repeat(200_000) });
    const bytes = Buffer.from(CREATED + DELTA + long);
    for (let at = 0; at < bytes.length; at += 30_001) reply.write(bytes.subarray(at, at + 30_001), () => undefined);
    expect(client.text).not.toContain('"status":"completed"');
    reply.end(Buffer.alloc(0));
    store();
    await settle();
    expect(client.hasEnded).toBe(true);
    expect(client.text).not.toContain('resp_old');
    expect(kept).toMatchObject([{ id: 'resp_new', text: 'é'.repeat(200_000) }]);
  });

  it('patches and keeps a stream that comes at once', async () => {
    const stream = Buffer.from(CREATED + DELTA + COMPLETED);
    reply.send(200, [...SSE_HEADERS, 'content-length', String(stream.length)], stream);
    store();
    await settle();
    expect(client.headers).toEqual([...SSE_HEADERS, 'content-length', String(Buffer.byteLength(client.text))]);
    expect(Buffer.byteLength(client.text)).not.toBe(stream.length);
    expect(client.text.match(/resp_new/g)).toHaveLength(2);
    expect(kept).toHaveLength(1);
  });

  it('keeps nothing of a stream that broke off, and ends at once', () => {
    reply.startStream([]);
    write(CREATED);
    reply.end(Buffer.from('\n\nevent: error\ndata: {"type":"error"}\n\n'));
    expect([client.hasEnded, kept]).toEqual([true, []]);
    expect(client.text).toContain('event: error');
  });

  it('only echoes where nothing is to be kept', () => {
    const echoing = new KeepingReply(client, { ...ECHO, store: false }, null);
    echoing.send(200, [...JSON_HEADERS], Buffer.from('{"id":"resp_old"}'));
    expect(JSON.parse(client.text)).toMatchObject({ store: false, previous_response_id: 'resp_before' });
  });
});
