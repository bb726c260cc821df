import { HEADERS } from '@relay/contracts';
import { Gate } from '@relay/testing';
import { completed, fails, streams, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness } from '../../test/pipeline-harness';

const once = (key: string): Record<string, string> => ({ [HEADERS.idempotencyKey]: key });
const uncached = { defaults: { cache: { exact: { enabled: false } }, retries: { maxAttempts: 1 } } };

describe('a request with an idempotency key', () => {
  let relay: PipelineHarness;
  beforeEach(async () => {
    relay = await PipelineHarness.start(uncached);
  });
  afterEach(() => relay.close());

  it.each([
    ['whole', {}, succeeds],
    ['streamed', { stream: true }, streams],
  ])('is answered once, %s, and then with the same bytes at no cost', async (_how, fields, script) => {
    const upstream = relay.providers.script('a', script);
    const sent = { body: chat(fields), headers: once('k-1') };
    const first = await relay.send(sent);
    const second = await relay.send(sent);
    expect(upstream.calls).toHaveLength(1);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect([first.headers, second.headers].map((headers) => headers[HEADERS.idempotentReplayed])).toEqual([
      undefined,
      'true',
    ]);
    expect(relay.recorder.records[1]).toMatchObject({ status: 'ok', costUsd: '0', attempts: [] });
  });

  it('is made again under another key, by another tenant, and without one', async () => {
    const upstream = relay.providers.script('a', succeeds);
    await relay.send({ headers: once('k-1') });
    await relay.send({ headers: once('k-2') });
    const { principal } = relay.exchange();
    await relay.send({
      headers: once('k-1'),
      principal: { ...principal, tenant: { ...principal.tenant, id: 'other' } },
    });
    await relay.send();
    expect(upstream.calls).toHaveLength(4);
  });

  it('may be tried again when it was not answered', async () => {
    const upstream = relay.providers.script('a', fails, succeeds);
    expect((await relay.send({ headers: once('k-1') })).status).toBe(502);
    expect((await relay.send({ headers: once('k-1') })).status).toBe(200);
    expect(upstream.calls).toHaveLength(2);
  });

  it('is refused while the first one is being answered, and told when to come again', async () => {
    const gate = new Gate();
    relay.providers.script('a', async () => {
      await gate.pass();
      return completed({});
    });
    const first = relay.send({ headers: once('k-1') });
    await gate.reached;
    const second = await relay.send({ headers: once('k-1') });
    expect([second.status, second.headers['retry-after'], second.json]).toMatchObject([
      409,
      '1',
      { error: { code: 'conflict' } },
    ]);
    gate.open();
    expect((await first).status).toBe(200);
  });

  it.each([
    ['another question under the same key', chat({ temperature: 0 }), 'k-1'],
    ['an empty key', chat(), ''],
    ['a key of 256 characters', chat(), 'k'.repeat(256)],
    ['a key with a letter beyond ASCII', chat(), 'clé'],
  ])('is refused for %s', async (_why, body, key) => {
    relay.providers.script('a', succeeds);
    await relay.send({ headers: once('k-1') });
    const reply = await relay.send({ body, headers: once(key) });
    expect([reply.status, reply.json]).toMatchObject([
      400,
      { error: { code: 'invalid_request', param: HEADERS.idempotencyKey } },
    ]);
  });

  it('is not kept where the answer holds what a guard took out of the prompt', async () => {
    await relay.close();
    relay = await PipelineHarness.start({
      defaults: { ...uncached.defaults, guards: { pii: { action: 'redact', restore: true } } },
    });
    const upstream = relay.providers.script('a', succeeds);
    const body = chat({ messages: [{ role: 'user', content: 'Write to ann@example.com' }] });
    for (let i = 0; i < 2; i++) await relay.send({ body, headers: once('k-1') });
    expect(upstream.calls).toHaveLength(2);
  });
});
