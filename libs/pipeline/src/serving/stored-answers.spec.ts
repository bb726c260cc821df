import { HEADERS } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { completionJson } from '@relay/testing';
import { completed, failure, fails, streams, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness } from '../../test/pipeline-harness';
import type { Script } from '../../test/recorders';

const HOUR_MS = 3_600_000;
const FRESH: Script = () => Promise.resolve(completed({ body: Buffer.from(JSON.stringify(completionJson('anew'))) }));

const refused =
  (status: number): Script =>
  () =>
    Promise.resolve(
      failure({
        error: new RelayError('invalid_request', `Provider a refused the request with ${status}`),
        retryable: false,
        upstreamStatus: status,
        passthrough: {
          status,
          contentType: 'application/json',
          body: Buffer.from('{"error":{"code":"context_length"}}'),
        },
      }),
    );

describe('an answer of an upstream', () => {
  let relay: PipelineHarness;

  beforeEach(async () => {
    relay = await PipelineHarness.start({ defaults: { retries: { maxAttempts: 1 } } });
  });
  afterEach(() => relay.close());

  it.each([
    ['stop', 1],
    ['length', 1],
    ['content_filter', 2],
    ['refusal', 2],
    [null, 2], // nobody says that it is whole
  ])('that ended with %p is kept for those who ask the same: %p calls for two of them', async (finishReason, calls) => {
    const client = relay.providers.script('a', () => Promise.resolve(completed({ finishReason })));
    await relay.send();
    await relay.send();
    expect(client.calls).toHaveLength(calls);
  });

  it('is kept with the tags of the request that paid, to be void with them', async () => {
    const client = relay.providers.script('a', succeeds);
    await relay.send({ headers: { [HEADERS.tags]: 'faq,beta' } });
    for (const tag of ['other', 'beta']) {
      expect((await relay.send()).headers[HEADERS.cache]).toBe('exact-l1');
      await relay.invalidations.invalidate({ tenant: 'acme', tag });
    }
    expect((await relay.send()).headers[HEADERS.cache]).toBe('miss');
    expect(client.calls).toHaveLength(2);
  });
});

describe('an answer past its time', () => {
  let relay: PipelineHarness;

  const start = async (exact: object): Promise<void> => {
    relay = await PipelineHarness.start({ defaults: { cache: { exact }, retries: { maxAttempts: 1 } } });
  };
  afterEach(() => relay.close());

  /** Everything that was recorded, once the background has added what it has to. */
  const recorded = async (count: number): Promise<typeof relay.recorder.records> => {
    while (relay.recorder.records.length < count) await new Promise((resolve) => setImmediate(resolve));
    return relay.recorder.records;
  };

  it('is served once more while it is asked for anew, once for everybody', async () => {
    await start({ ttl: '1h', staleWhileRevalidate: '1h' });
    const client = relay.providers.script('a', succeeds, FRESH);
    await relay.send();
    relay.clock.advance(HOUR_MS + 60_000);
    const stale = await Promise.all([relay.send(), relay.send(), relay.send()]);
    expect(stale.map(({ json }) => json)).toEqual(stale.map(() => completionJson('Hi')));
    expect(stale.map(({ headers }) => [headers[HEADERS.cache], headers['age']])).toEqual(
      stale.map(() => ['exact-l1', '3660']),
    );
    const records = await recorded(5);
    expect(client.calls).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({ endpoint: 'internal:refresh', cache: 'miss', tenant: 'acme', status: 'ok' });
    const next = await relay.send();
    expect([next.json, next.headers['age']]).toEqual([completionJson('anew'), '0']);
  });

  it('stays in service when nobody can answer anew, until its grace has passed', async () => {
    await start({ ttl: '1h', staleWhileRevalidate: '1h' });
    relay.providers.script('a', succeeds, fails);
    await relay.send();
    relay.clock.advance(HOUR_MS + 1);
    expect((await relay.send()).headers[HEADERS.cache]).toBe('exact-l1');
    await recorded(3);
    relay.clock.advance(HOUR_MS);
    expect((await relay.send()).status).toBe(502);
  });

  it('is asked for anew after pauses, each twice as long, while nothing comes that may be kept', async () => {
    await start({ ttl: '1h', staleWhileRevalidate: '1h' });
    const client = relay.providers.script('a', succeeds, fails);
    await relay.send();
    relay.clock.advance(HOUR_MS + 1);
    let [records, calls] = [1, 1];
    const hit = async (asksAnew: boolean): Promise<void> => {
      await relay.send();
      await recorded((records += asksAnew ? 2 : 1));
      await new Promise((resolve) => setImmediate(resolve)); // what came of it is noted after it is recorded
      expect(client.calls).toHaveLength((calls += asksAnew ? 1 : 0));
    };
    await hit(true);
    for (const pauseMs of [5_000, 10_000, 20_000]) {
      relay.clock.advance(pauseMs - 1);
      await hit(false);
      relay.clock.advance(1);
      await hit(true);
    }
  });

  it('is not served where the plan has no grace', async () => {
    await start({ ttl: '1h' });
    const client = relay.providers.script('a', succeeds);
    await relay.send();
    relay.clock.advance(HOUR_MS);
    expect((await relay.send()).headers[HEADERS.cache]).toBe('miss');
    expect(client.calls).toHaveLength(2);
  });
});

describe('a refusal that the same request would get again', () => {
  let relay: PipelineHarness;

  const start = async (exact: object = {}): Promise<void> => {
    relay = await PipelineHarness.start({ defaults: { cache: { exact }, retries: { maxAttempts: 1 } } });
  };
  afterEach(() => relay.close());

  it('is kept for a moment, and told in the words of the upstream', async () => {
    await start();
    const client = relay.providers.script('a', refused(400), succeeds);
    await relay.send();
    const again = await relay.send({ body: chat({ stream: true }) });
    expect(client.calls).toHaveLength(1);
    expect([again.status, again.text]).toEqual([400, '{"error":{"code":"context_length"}}']);
    expect(again.headers[HEADERS.cache]).toBe('exact-l1');
    expect(relay.recorder.records[1]).toMatchObject({ status: 'error', httpStatus: 400, errorCode: 'invalid_request' });
    relay.clock.advance(10_000);
    expect((await relay.send()).status).toBe(200);
  });

  it('costs nothing and saves no money', async () => {
    await start();
    relay.providers.script('a', refused(400));
    await relay.send();
    const again = await relay.send();
    expect(again.headers[HEADERS.costUsd]).toBeUndefined();
    expect(relay.recorder.records[1]).toMatchObject({ savedUsd: null });
  });

  it('is not kept when it is that of a stand-in', async () => {
    relay = await PipelineHarness.start({ defaults: { retries: { maxAttempts: 2 } } });
    relay.providers.script('a', fails, succeeds);
    relay.providers.script('b', refused(400));
    expect((await relay.send()).status).toBe(400);
    expect((await relay.send()).status).toBe(200);
  });

  it.each([
    ['it may pass', refused(409), {}],
    ['it says nothing of the request', fails, {}],
    ['the plan says so', refused(400), { refusalTtl: '0s' }],
  ])('is asked for again where %s', async (_why, script, exact) => {
    await start(exact);
    const client = relay.providers.script('a', script);
    await relay.send();
    await relay.send();
    expect(client.calls).toHaveLength(2);
  });
});

describe('a stored answer that is streamed at its own pace', () => {
  it('leaves when it left back then, and ends with its trace', async () => {
    const relay = await PipelineHarness.start({
      defaults: { cache: { replay: 'original' }, retries: { maxAttempts: 1 } },
    });
    const slow: Script = (request, observer) => {
      relay.clock.advance(1_000);
      return streams(request, observer);
    };
    relay.providers.script('a', slow);
    await relay.send({ body: chat({ stream: true }) });
    relay.journal.length = 0;
    const exchange = relay.exchange({ body: chat({ stream: true }) });
    const served = relay.service.complete(exchange);
    await Promise.resolve();
    expect(exchange.reply.text).not.toContain('[DONE]');
    await relay.clock.advanceAsync(1_000);
    await served;
    expect(exchange.reply.text).toContain('data: [DONE]\n\n');
    expect(relay.journal.slice(-2)).toEqual(['record', 'last byte']);
    expect(relay.clock.pending).toBe(0);
    await relay.close();
  });
});
