import { NOTHING_LIVE, type LiveSource } from '@relay/policy';
import {
  completionJson,
  errorReply,
  jsonReply,
  neverAnswer,
  ScriptedUpstream,
  streamFrames,
  sseReply,
} from '@relay/testing';
import type { TraceRecord } from '@relay/trace';
import { chat, PipelineHarness } from '../../test/pipeline-harness';

/** Cheap to strong, at round prices: an answer of 10 + 10 tokens costs 20, 200 and 2,000 micro-dollars. */
const models = [
  ['small', 'a', 1],
  ['medium', 'b', 10],
  ['large', 'c', 100],
].map(([id, provider, usdPerMTok]) => ({
  id,
  price: { inputPerMTok: usdPerMTok, outputPerMTok: usdPerMTok },
  targets: [{ provider, model: `up-${id}` }],
}));

const answer = (text: string): ReturnType<typeof jsonReply> =>
  jsonReply(completionJson(text, { prompt: 10, completion: 10 }));
const STRONGER = ['b up-medium', 'c up-large']; // targets
const SHRUG = "I'm sorry, but I can't help with that.";

/** Every promise that can settle has settled. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a cascade', () => {
  let upstreams: ScriptedUpstream[];
  let relay: PipelineHarness;

  beforeEach(async () => {
    upstreams = await Promise.all([ScriptedUpstream.start(), ScriptedUpstream.start(), ScriptedUpstream.start()]);
  });
  afterEach(async () => {
    await relay.close();
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  });

  const [A, B, C] = [0, 1, 2];
  const upstream = (index: number): ScriptedUpstream => {
    const found = upstreams[index];
    if (!found) throw new Error(`no upstream ${index}`);
    return found;
  };

  async function start(changes: object = {}, maxSteps = 3, live?: LiveSource): Promise<void> {
    const cascade = { accept: '!answer.refusal && answer.chars > 5', maxSteps };
    const route = { strategy: 'cascade', candidates: ['small', 'medium', 'large'], cascade };
    const defaults = {
      route,
      retries: { maxAttempts: 2, fallbacks: 0 },
      cache: { exact: { enabled: false } },
      ...changes,
    };
    relay = await PipelineHarness.start({ defaults, models, upstreams: upstreams.map(({ baseUrl }) => baseUrl), live });
  }

  const send = (fields: object = {}): ReturnType<PipelineHarness['send']> =>
    relay.send({ body: chat({ model: 'auto', ...fields }) });

  const row = (): TraceRecord => {
    const record = relay.recorder.records.at(-1);
    if (!record) throw new Error('no record');
    return record;
  };
  const attempts = (): string[] => row().attempts.map((each) => `${each.provider} ${each.outcome}`);
  const stage = (): unknown => row().stages.find(([name]) => name === 'cascade')?.[3];

  function expectAllFreed(...pools: string[]): void {
    expect(relay.scheduler.releases.map((release) => release.pool)).toEqual(pools);
    for (const pool of pools) expect(relay.scheduler.free.get(pool)).toBe(1);
    expect(relay.clock.pending).toBe(0);
  }

  it('ends with the first answer that is accepted', async () => {
    await start();
    upstream(A).enqueue(answer('forty-two'));
    const reply = await send();
    expect(reply.text).toContain('forty-two');
    expect(attempts()).toEqual(['a ok']);
    expect(stage()).toEqual({ steps: 1, result: 'accepted' });
    expect(row()).toMatchObject({ servedModel: 'small', inputTokens: 10, outputTokens: 10, costUsd: '0.00002' });
    expect(row().attempts[0]).not.toHaveProperty('inputTokens');
    expectAllFreed('a');
  });

  it('goes up while answers are not accepted, and bills all of them', async () => {
    await start();
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(answer('42'));
    upstream(C).enqueue(answer('no'));
    const reply = await send();
    expect(reply.text).toContain('"no"'); // the last one is taken as it is
    expect(reply.headers['x-relay-model']).toBe('large');
    expect(reply.headers['x-relay-cost-usd']).toBe('0.00222');
    expect(stage()).toEqual({ steps: 3, result: 'last' });
    expect(row()).toMatchObject({
      ...{ servedModel: 'large', provider: 'c', inputTokens: 30, outputTokens: 30, costUsd: '0.00222' },
      attempts: [
        { provider: 'a', outcome: 'not_accepted', inputTokens: 10, outputTokens: 10, costUsd: '0.00002' },
        { provider: 'b', outcome: 'not_accepted', costUsd: '0.0002' },
        { provider: 'c', outcome: 'ok', costUsd: '0.002' },
      ],
    });
    expectAllFreed('a', 'b', 'c');
  });

  it('takes no more steps than the plan allows', async () => {
    await start({}, 2);
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(answer(SHRUG));
    const reply = await send();
    expect(reply.status).toBe(200);
    expect(attempts()).toEqual(['a not_accepted', 'b ok']);
    expect(upstream(C).requests).toHaveLength(0);
  });

  it('falls to the next where a call fails', async () => {
    await start();
    upstream(A).enqueue(errorReply(500, 'no'));
    upstream(B).enqueue(answer('forty-two'));
    expect((await send()).text).toContain('forty-two');
    expect(attempts()).toEqual(['a upstream_error', 'b ok']);
    expect(row().costUsd).toBe('0.0002');
    expectAllFreed('a', 'b');
  });

  it('gives an answer that was not accepted where nobody stronger has one', async () => {
    await start({}, 2);
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(errorReply(400, 'context too long'));
    const reply = await send();
    expect([reply.status, reply.headers['x-relay-model']]).toEqual([200, 'small']);
    expect(reply.text).toContain(SHRUG);
    expect(attempts()).toEqual(['a not_accepted', 'b invalid_request']);
    expect(stage()).toEqual({ steps: 2, result: 'failed' });
    expect(row()).toMatchObject({ status: 'ok', inputTokens: 10, costUsd: '0.00002' });
    expectAllFreed('a', 'b');
  });

  it('has one deadline for all steps, at which it gives what it has', async () => {
    await start({ deadlineMs: 5_000 });
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(neverAnswer());
    const done = send();
    await upstream(B).request();
    relay.clock.advance(5_000);
    const reply = await done;
    await (
      await upstream(B).request()
    ).aborted;
    expect(reply.text).toContain(SHRUG);
    expect(attempts()).toEqual(['a not_accepted', 'b upstream_timeout']);
    expect(upstream(C).requests).toHaveLength(0);
    expectAllFreed('a', 'b');
  });

  it('ends when the client leaves, and bills what was answered until then', async () => {
    await start();
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(neverAnswer());
    const exchange = relay.exchange({ body: chat({ model: 'auto' }) });
    const done = relay.service.complete(exchange);
    const pending = await upstream(B).request();
    exchange.signal.abort();
    await done;
    await pending.aborted;
    expect(row()).toMatchObject({ status: 'aborted', inputTokens: 10, outputTokens: 10, costUsd: '0.00002' });
    expect(attempts()).toEqual(['a not_accepted', 'b client_closed']);
    expectAllFreed('a', 'b');
  });

  it('is no retry: it needs no budget', async () => {
    await start({ retries: { maxAttempts: 1, fallbacks: 0, budget: 0 } });
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(answer('forty-two'));
    expect((await send()).text).toContain('forty-two');
  });

  it('checks nothing of a stream, and says so', async () => {
    await start();
    upstream(A).enqueue(sseReply(streamFrames([SHRUG])));
    const reply = await send({ stream: true });
    expect(reply.text).toContain(SHRUG);
    expect(attempts()).toEqual(['a ok']);
    expect(stage()).toEqual({ skipped: 'stream' });
  });

  describe('whose stronger models were away', () => {
    const withCache = { retries: { maxAttempts: 1, fallbacks: 0 }, cache: { exact: { enabled: true, ttl: '1h' } } };
    const texts = async (times: number): Promise<string[]> => {
      const said: string[] = [];
      for (let i = 0; i < times; i++) said.push((await send()).text.includes(SHRUG) ? SHRUG : 'accepted');
      return said;
    };

    it('goes up again when they are back: what it had to do with is not cached', async () => {
      await start(withCache, 2);
      upstream(A).enqueue(answer(SHRUG), answer(SHRUG));
      upstream(B).enqueue(errorReply(500, 'down'), answer('forty-two'));
      expect(await texts(3)).toEqual([SHRUG, 'accepted', 'accepted']);
      expect(relay.recorder.records.map(({ cache }) => cache)).toEqual(['miss', 'miss', 'exact-l1']);
    });

    it('so that plans left them out, goes up again as well', async () => {
      const open = new Map(STRONGER.map((key) => [key, 'down' as const]));
      const live = { ...NOTHING_LIVE, open };
      await start(withCache, 2, { read: () => live });
      upstream(A).enqueue(answer(SHRUG), answer(SHRUG));
      upstream(B).enqueue(answer('forty-two'));
      expect(await texts(1)).toEqual([SHRUG]);
      open.clear();
      expect(await texts(2)).toEqual(['accepted', 'accepted']);
    });

    it('still leaves an answer in the cache that was accepted', async () => {
      const live = { ...NOTHING_LIVE, open: new Map(STRONGER.map((key) => [key, 'down' as const])) };
      await start(withCache, 2, { read: () => live });
      upstream(A).enqueue(answer('forty-two'));
      expect(await texts(2)).toEqual(['accepted', 'accepted']);
      expect(upstream(A).requests).toHaveLength(1);
    });
  });

  it('leaves the last answer in the cache, as the policy takes it as it is', async () => {
    await start({ cache: { exact: { enabled: true, ttl: '1h' } } }, 2);
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(answer(SHRUG));
    await send();
    expect((await send()).headers['x-relay-cache']).toBe('exact-l1');
  });

  it('leaves only the answer that was taken in the cache', async () => {
    await start({ cache: { exact: { enabled: true, ttl: '1h' } } });
    upstream(A).enqueue(answer(SHRUG));
    upstream(B).enqueue(answer('forty-two'));
    await send();
    const hit = await send();
    expect(hit.headers['x-relay-cache']).toBe('exact-l1');
    expect(hit.text).toContain('forty-two');
    expect(row()).toMatchObject({ servedModel: 'medium', costUsd: '0', savedUsd: '0.00022' });
    await turn();
    expect(upstream(A).requests).toHaveLength(1);
  });
});
