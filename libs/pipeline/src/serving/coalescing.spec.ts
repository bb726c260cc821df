import type { CachedAnswer, SemanticVerdict } from '@relay/cache';
import { HEADERS } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { completionJson, streamFrames } from '@relay/testing';
import { completed, failure, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness } from '../../test/pipeline-harness';
import type { RecordingReply, Script } from '../../test/recorders';

const FRAMES = streamFrames(['Hel', 'lo']);
const OTHER_TRACE_ID = '0199aaaa-0000-7000-8000-00000000002b';
const SLOTS = 10;
const nothing = (): void => undefined;

/** An upstream that goes on when the test says so. */
class Held {
  private release: () => void = nothing;
  private readonly opened = new Promise<void>((resolve) => (this.release = resolve));
  readonly open = (): void => this.release();

  readonly whole: Script = async () => {
    await this.opened;
    return completed();
  };

  readonly fails: Script = async () => {
    await this.opened;
    return failure();
  };

  /** One word at once, the rest later. */
  readonly stream: Script = async (_request, observer) => {
    for (const frame of FRAMES.slice(0, 2)) observer.onFrames(Buffer.from(frame), nothing);
    await this.opened;
    for (const frame of FRAMES.slice(2, -2)) observer.onFrames(Buffer.from(frame), nothing);
    return completed({ body: Buffer.alloc(0), tail: Buffer.from(FRAMES.slice(-2).join('')) });
  };

  /** One word, then the connection is cut. */
  readonly breaks: Script = async (_request, observer) => {
    for (const frame of FRAMES.slice(0, 2)) observer.onFrames(Buffer.from(frame), nothing);
    await this.opened;
    return failure({ started: true, retryable: false, upstreamStatus: 200 });
  };

  /** Until it is told to stop. */
  readonly untilAborted: Script = ({ signal }) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () =>
        resolve(
          failure({ error: new RelayError('client_closed', 'The client closed the request.'), retryable: false }),
        ),
      ),
    );
}

describe('requests that ask the same at the same time', () => {
  let relay: PipelineHarness;
  let held: Held;

  const start = async (cache: object = {}, plan: object = {}): Promise<void> => {
    held = new Held();
    relay = await PipelineHarness.start({ defaults: { cache, retries: { maxAttempts: 1 }, ...plan } });
    relay.scheduler.free.set('a', SLOTS);
  };
  afterEach(() => relay.close());

  const send = (fields: object = {}, headers: Record<string, string> = {}): Promise<RecordingReply> =>
    relay.send({ body: chat(fields), headers });
  const cacheOf = (replies: readonly RecordingReply[]): (string | undefined)[] =>
    replies.map(({ headers }) => headers[HEADERS.cache]);

  it('share one call, and what it costs is the cost of the first alone', async () => {
    await start();
    const client = relay.providers.script('a', held.whole);
    const replies = [send(), send(), send()];
    held.open();
    const got = await Promise.all(replies);
    expect(client.calls).toHaveLength(1);
    expect(got.map(({ json }) => json)).toEqual(got.map(() => completionJson('Hi')));
    expect(cacheOf(got)).toEqual(['miss', 'coalesced', 'coalesced']);
    const [leader, ...others] = relay.recorder.records;
    expect(leader).toMatchObject({ cache: 'miss', inputTokens: 11, attempts: [{ outcome: 'ok' }] });
    expect(others).toMatchObject([
      { cache: 'coalesced', cacheSource: leader?.id, provider: 'a', attempts: [] },
      { cache: 'coalesced', cacheSource: leader?.id, provider: 'a', attempts: [] },
    ]);
  });

  it('hear a stream from its beginning, whenever they join, and live from then on', async () => {
    await start();
    const client = relay.providers.script('a', held.stream);
    const first = send({ stream: true });
    const late = { ...relay.exchange({ body: chat({ stream: true }) }), traceId: OTHER_TRACE_ID };
    const served = relay.service.complete(late);
    await Promise.resolve();
    expect(late.reply.text).toBe(FRAMES.slice(0, 2).join(''));
    expect(late.reply.headers).toMatchObject({ [HEADERS.cache]: 'coalesced', [HEADERS.provider]: 'a' });
    held.open();
    await served;
    expect(late.reply.text).toBe((await first).text);
    expect(late.reply.text).toBe(FRAMES.join(''));
    expect(client.calls).toHaveLength(1);
  });

  it('share it however they want it delivered', async () => {
    await start();
    const client = relay.providers.script('a', held.stream);
    const replies = [send({ stream: true }), send(), send({ stream: true, stream_options: { include_usage: true } })];
    held.open();
    const [, whole, withUsage] = await Promise.all(replies);
    expect(client.calls).toHaveLength(1);
    expect(whole?.json).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Hello' } }] });
    expect(withUsage?.text).toContain('"usage":{"prompt_tokens":11');
    expect(withUsage?.text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('stay when the first one leaves, whose trace keeps what was paid', async () => {
    await start();
    relay.providers.script('a', held.stream);
    const leaver = relay.exchange({ body: chat({ stream: true }) });
    const left = relay.service.complete(leaver);
    const follower = send({ stream: true });
    leaver.signal.abort();
    held.open();
    await left;
    expect((await follower).text).toBe(FRAMES.join(''));
    expect(relay.recorder.records.map(({ status, cache }) => [status, cache]).sort()).toEqual([
      ['aborted', 'miss'],
      ['ok', 'coalesced'],
    ]);
    expect(relay.recorder.records.find(({ status }) => status === 'aborted')).toMatchObject({ outputTokens: 3 });
  });

  it('leave the upstream alone once all have left', async () => {
    await start();
    relay.providers.script('a', held.untilAborted);
    const exchanges = [relay.exchange(), relay.exchange()];
    const served = exchanges.map((exchange) => relay.service.complete(exchange));
    for (const { signal } of exchanges) signal.abort();
    await Promise.all(served);
    expect(relay.recorder.records.map(({ status }) => status)).toEqual(['aborted', 'aborted']);
    expect(relay.scheduler.releases).toHaveLength(1);
  });

  it('are finished for the cache though all have left, where the plan says so', async () => {
    await start({ finishOnDisconnect: true });
    const client = relay.providers.script('a', held.stream);
    const leaver = relay.exchange({ body: chat({ stream: true }) });
    const served = relay.service.complete(leaver);
    leaver.signal.abort();
    held.open();
    await served;
    const next = await send();
    expect(next.headers[HEADERS.cache]).toBe('exact-l1');
    expect(next.json).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
    expect(client.calls).toHaveLength(1);
  });

  it.each([
    ['a client that wants no answer of before', {}, { 'cache-control': 'no-cache' }],
    ['a plan that shares no calls', { exact: { coalesce: false } }, {}],
  ])('are finished for the cache also for %s', async (_who, cache, headers) => {
    await start({ ...cache, finishOnDisconnect: true });
    const client = relay.providers.script('a', held.stream);
    const leaver = relay.exchange({ body: chat({ stream: true }), headers });
    const served = relay.service.complete(leaver);
    leaver.signal.abort();
    held.open();
    await served;
    expect((await send()).headers[HEADERS.cache]).toBe('exact-l1');
    expect(client.calls).toHaveLength(1);
  });

  it('have one of them try again when the first one fails before any content', async () => {
    await start({}, { retries: { maxAttempts: 1, fallbacks: 0 } });
    const client = relay.providers.script('a', held.fails, succeeds);
    const replies = [send(), send(), send()];
    held.open();
    const got = await Promise.all(replies);
    expect(got.map(({ status }) => status)).toEqual([502, 200, 200]);
    expect(client.calls).toHaveLength(2);
  });

  it('share nothing with who asked before an invalidation', async () => {
    await start();
    const client = relay.providers.script('a', held.whole);
    const before = send();
    await relay.invalidations.invalidate({ tenant: 'acme' });
    const after = send();
    held.open();
    expect(cacheOf(await Promise.all([before, after]))).toEqual(['miss', 'miss']);
    expect(client.calls).toHaveLength(2);
    expect((await send()).headers[HEADERS.cache]).toBe('exact-l1');
  });

  it('ride along whatever another tenant invalidates meanwhile', async () => {
    await start();
    const client = relay.providers.script('a', held.whole);
    const before = send();
    await relay.invalidations.invalidate({ tenant: 'globex', tag: 'x' });
    const after = send();
    held.open();
    expect(cacheOf(await Promise.all([before, after]))).toEqual(['miss', 'coalesced']);
    expect(client.calls).toHaveLength(1);
  });

  it.each([
    ['their max-age', { 'cache-control': 'max-age=60' }],
    ['a rule that wants no similar answers', { [HEADERS.tags]: 'delicate' }],
  ])('are not served what the first one found of before, against %s', async (_what, headers) => {
    const verdict: Partial<SemanticVerdict> = { reason: 'hit', objections: [], threshold: null, guarded: null };
    let found: (verdict: SemanticVerdict) => void = nothing;
    const looking = new Promise<SemanticVerdict>((resolve) => (found = resolve));
    relay = await PipelineHarness.start({
      defaults: { cache: { semantic: { mode: 'static' } }, retries: { maxAttempts: 1 } },
      rules: [{ id: 'delicate', when: '"delicate" in request.tags', then: { cache: { semantic: { mode: 'off' } } } }],
      semantic: {
        mayServe: () => true,
        mayEmbed: () => true,
        lookUp: () => looking,
        learn: nothing,
        drawnForRecheck: () => null,
      },
    });
    relay.scheduler.free.set('a', SLOTS);
    const client = relay.providers.script('a', succeeds);
    const first = send();
    const choosy = send({}, headers);
    const hit = { entryId: 'entry', similarity: 0.99, score: 0.99, answer: yesterdays() } as SemanticVerdict['hit'];
    found({ ...verdict, hit, candidate: hit } as SemanticVerdict);
    const [similar, own] = await Promise.all([first, choosy]);
    expect(similar.json).toEqual(completionJson('Similar'));
    expect(own.json).toEqual(completionJson('Hi'));
    expect(client.calls).toHaveLength(1);
  });

  const yesterdays = (): CachedAnswer => {
    const createdAt = relay.clock.now() - 80_000_000;
    return {
      ...{ body: Buffer.from(JSON.stringify(completionJson('Similar'))), status: 200, errorCode: null, epoch: 0 },
      ...{ labels: [], createdAt, expiresAt: createdAt + 90_000_000, staleUntil: createdAt + 90_000_000 },
      ...{ sourceTraceId: 't', servedModel: 'm', provider: 'a', inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 },
      ...{ costUsd: null, priceVersion: null, ttftMs: null, tookMs: 5 },
    };
  };

  it('do not wait in the long line where they stand in the short one', async () => {
    await start();
    const client = relay.providers.script('a', held.whole);
    const batch = send({}, { [HEADERS.priority]: 'batch' });
    const interactive = send({}, { [HEADERS.priority]: 'interactive' });
    const batchToo = send({}, { [HEADERS.priority]: 'batch' });
    held.open();
    const got = await Promise.all([batch, interactive, batchToo]);
    expect(cacheOf(got)).toEqual(['miss', 'miss', 'coalesced']);
    expect(client.calls).toHaveLength(2);
  });

  it('all get the error when the call breaks off after content, and nothing is kept', async () => {
    await start();
    const client = relay.providers.script('a', held.breaks, held.stream);
    const replies = [send({ stream: true }), send({ stream: true }), send()];
    held.open();
    for (const { text } of await Promise.all(replies)) {
      expect(text).toContain('"code":"upstream_error"');
      expect(text).not.toContain('[DONE]');
    }
    expect(client.calls).toHaveLength(1);
    expect((await send({ stream: true })).headers[HEADERS.cache]).toBe('miss');
  });

  it('wait no longer than their own deadline allows', async () => {
    await start();
    relay.providers.script('a', held.whole);
    const patient = send();
    const hasty = send({}, { [HEADERS.deadlineMs]: '50' });
    relay.clock.advance(50);
    expect((await hasty).json).toMatchObject({ error: { code: 'upstream_timeout' } });
    held.open();
    expect((await patient).status).toBe(200);
    expect(relay.clock.pending).toBe(0);
  });

  it.each([
    ['their keys are of other tenants', {}, { tenant: { id: 'globex' } }],
    ['they may do other things', {}, { scopes: ['inference', 'tenant:act-as'] }],
  ])('share nothing where %s', async (_why, headers, principal) => {
    await start();
    const client = relay.providers.script('a', held.whole);
    const ours = relay.exchange({ headers });
    const theirs = relay.exchange({ headers });
    const other = {
      ...theirs.principal,
      ...principal,
      tenant: { ...theirs.principal.tenant, ...('tenant' in principal ? principal.tenant : {}) },
    };
    const served = [relay.service.complete(ours), relay.service.complete({ ...theirs, principal: other })];
    held.open();
    await Promise.all(served);
    expect(client.calls).toHaveLength(2);
  });

  it.each([
    ['no-cache', {}],
    ['no-store', {}],
    ['', { exact: { coalesce: false } }],
    ['', { exact: { enabled: false } }],
  ])('are served one by one under Cache-Control "%s" and the plan %j', async (directive, cache) => {
    await start(cache);
    const client = relay.providers.script('a', held.whole);
    const headers: Record<string, string> = directive ? { 'cache-control': directive } : {};
    const replies = [send({}, headers), send({}, headers)];
    held.open();
    await Promise.all(replies);
    expect(client.calls).toHaveLength(2);
  });
});
