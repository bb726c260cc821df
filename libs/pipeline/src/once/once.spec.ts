import { HEADERS } from '@relay/contracts';
import { Gate } from '@relay/testing';
import { completed, fails, streams, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness } from '../../test/pipeline-harness';
import type { Reply } from '../exchange';
import type { RecordingReply } from '../../test/recorders';
import { TeeReply } from './tee-reply';

const once = (key: string): Record<string, string> => ({ [HEADERS.idempotencyKey]: key });
type Sent = Parameters<PipelineHarness['send']>[0];
const uncached = { defaults: { cache: { exact: { enabled: false } }, retries: { maxAttempts: 1 } } };

describe('a request with an idempotency key', () => {
  let relay: PipelineHarness;
  beforeEach(async () => {
    relay = await PipelineHarness.start(uncached);
  });
  afterEach(() => relay.close());

  /** As the door does it: whoever sends a key gets a copy made of the reply. */
  async function send(sent: Sent): Promise<RecordingReply> {
    const exchange = relay.exchange(sent);
    const { reply } = exchange;
    const tee = new TeeReply(reply);
    await relay.service.complete({ ...exchange, reply: tee, tee });
    return reply;
  }

  it.each([
    ['whole', {}, succeeds],
    ['streamed', { stream: true }, streams],
  ])('is answered once, %s, and then with the same bytes at no cost', async (_how, fields, script) => {
    const upstream = relay.providers.script('a', script);
    const sent = { body: chat(fields), headers: once('k-1') };
    const first = await send(sent);
    const second = await send(sent);
    expect(upstream.calls).toHaveLength(1);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect([first.headers, second.headers].map((headers) => headers[HEADERS.idempotentReplayed])).toEqual([
      undefined,
      'true',
    ]);
    const sayWho = [HEADERS.policy, HEADERS.plan, HEADERS.model, HEADERS.provider];
    expect(sayWho.map((name) => second.headers[name])).toEqual(sayWho.map((name) => first.headers[name]));
    expect(relay.recorder.records[1]).toMatchObject({ status: 'ok', costUsd: '0', attempts: [], provider: 'a' });
  });

  it.each([
    ['whole', {}, succeeds],
    ['streamed', { stream: true }, streams],
  ])('is answered once, %s, also where something holds the end of its reply back', async (_how, fields, script) => {
    const upstream = relay.providers.script('a', script);
    const sent = { body: chat(fields), headers: once('k-1') };
    const exchange = relay.exchange(sent);
    const tee = new TeeReply(exchange.reply);
    const stored = new Gate();
    const holding: Reply = {
      get started() {
        return tee.started;
      },
      send: (status, headers, body) => void stored.pass().then(() => tee.send(status, headers, body)),
      startStream: (headers) => tee.startStream(headers),
      write: (frames, resume) => tee.write(frames, resume),
      abandon: () => tee.abandon(),
      end: (tail) => void stored.pass().then(() => tee.end(tail)),
    };
    const first = relay.service.complete({ ...exchange, reply: holding, tee });
    await stored.reached;
    stored.open();
    await first;
    expect((await send(sent)).text).toBe(exchange.reply.text);
    expect(upstream.calls).toHaveLength(1);
  });

  it('is made again under another key, by another tenant, and without one', async () => {
    const upstream = relay.providers.script('a', succeeds);
    await send({ headers: once('k-1') });
    await send({ headers: once('k-2') });
    const { principal } = relay.exchange();
    await send({
      headers: once('k-1'),
      principal: { ...principal, tenant: { ...principal.tenant, id: 'other' } },
    });
    await relay.send();
    expect(upstream.calls).toHaveLength(4);
  });

  it('may be tried again when it was not answered', async () => {
    const upstream = relay.providers.script('a', fails, succeeds);
    expect((await send({ headers: once('k-1') })).status).toBe(502);
    expect((await send({ headers: once('k-1') })).status).toBe(200);
    expect(upstream.calls).toHaveLength(2);
  });

  it('is refused while the first one is being answered, and told when to come again', async () => {
    const gate = new Gate();
    relay.providers.script('a', async () => {
      await gate.pass();
      return completed({});
    });
    const first = send({ headers: once('k-1') });
    await gate.reached;
    const asked = send({ headers: once('k-1') });
    await relay.clock.advanceAsync(1_000);
    const second = await asked;
    expect([second.status, second.headers['retry-after'], second.json]).toMatchObject([
      409,
      '1',
      { error: { code: 'conflict' } },
    ]);
    gate.open();
    expect((await first).status).toBe(200);
  });

  it('gets the reply of a first one that ends just then', async () => {
    const gate = new Gate();
    const upstream = relay.providers.script('a', async () => {
      await gate.pass();
      return completed({});
    });
    const first = send({ headers: once('k-1') });
    await gate.reached;
    const second = send({ headers: once('k-1') });
    gate.open();
    await first;
    await relay.clock.advanceAsync(1_000);
    expect([(await second).status, upstream.calls.length]).toEqual([200, 1]);
  });

  it.each([
    ['another question under the same key', chat({ temperature: 0 }), 'k-1'],
    ['an empty key', chat(), ''],
    ['a key of 256 characters', chat(), 'k'.repeat(256)],
    ['a key with a letter beyond ASCII', chat(), 'clé'],
    ['two keys, as Node joins two headers', chat(), 'k-2, k-3'],
  ])('is refused for %s', async (_why, body, key) => {
    relay.providers.script('a', succeeds);
    await send({ headers: once('k-1') });
    const reply = await send({ body, headers: once(key) });
    expect([reply.status, reply.json]).toMatchObject([
      400,
      { error: { code: 'invalid_request', param: HEADERS.idempotencyKey } },
    ]);
  });

  it('is not kept where the client wants it nowhere', async () => {
    const upstream = relay.providers.script('a', succeeds);
    for (let i = 0; i < 2; i++) await send({ headers: { ...once('k-1'), 'cache-control': 'no-store' } });
    expect(upstream.calls).toHaveLength(2);
  });

  it('is not kept where the answer holds what a guard took out of the prompt', async () => {
    await relay.close();
    relay = await PipelineHarness.start({
      defaults: { ...uncached.defaults, guards: { pii: { action: 'redact', restore: true } } },
    });
    const upstream = relay.providers.script('a', succeeds);
    const body = chat({ messages: [{ role: 'user', content: 'Write to ann@example.com' }] });
    for (let i = 0; i < 2; i++) await send({ body, headers: once('k-1') });
    expect(upstream.calls).toHaveLength(2);
  });
});
