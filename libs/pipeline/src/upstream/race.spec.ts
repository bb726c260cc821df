import {
  completionJson,
  deltaFrame,
  doneFrame,
  errorReply,
  Gate,
  gatedReply,
  jsonReply,
  neverAnswer,
  ScriptedUpstream,
  sseReply,
  streamFrames,
  usageFrame,
} from '@relay/testing';
import type { TraceRecord } from '@relay/trace';
import { completed, failure } from '../../test/outcomes';
import { chat, PipelineHarness } from '../../test/pipeline-harness';
import type { RecordingReply } from '../../test/recorders';

const AFTER_MS = 200;
const hedged = { defaults: { retries: { maxAttempts: 2, fallbacks: 1, hedge: { after: AFTER_MS } } } };
const byP95 = { defaults: { retries: { maxAttempts: 2, fallbacks: 1, hedge: { after: 'p95' } } } };
const wholeOf = (text: string): ReturnType<typeof jsonReply> => jsonReply(completionJson(text));
const streamOf = (...words: string[]): ReturnType<typeof sseReply> => sseReply(streamFrames(words));

/** Every promise that can settle has settled. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a hedged call', () => {
  let a: ScriptedUpstream;
  let b: ScriptedUpstream;
  let relay: PipelineHarness;

  beforeEach(async () => {
    [a, b] = await Promise.all([ScriptedUpstream.start(), ScriptedUpstream.start()]);
  });
  afterEach(async () => {
    await relay.close();
    await Promise.all([a.close(), b.close()]);
  });

  const start = async (settings: Record<string, unknown> = hedged): Promise<void> => {
    relay = await PipelineHarness.start({ ...settings, upstreams: [a.baseUrl, b.baseUrl] });
  };

  /** A request that is on its way to `a`, which is silent. */
  async function send(fields: object): Promise<{
    readonly reply: RecordingReply;
    readonly done: Promise<void>;
    readonly leave: () => void;
  }> {
    const exchange = relay.exchange({ body: chat(fields) });
    const done = relay.service.complete(exchange);
    await a.request();
    return { reply: exchange.reply, done, leave: () => exchange.signal.abort() };
  }

  const silence = async (): Promise<void> => {
    relay.clock.advance(AFTER_MS);
    await b.request();
  };

  const row = (): TraceRecord => {
    const [record, ...others] = relay.recorder.records;
    if (!record || others.length > 0) throw new Error(`${relay.recorder.records.length} records`);
    return record;
  };
  const attempts = (): string[] => row().attempts.map((each) => `${each.provider} ${each.outcome}`);

  /** Nothing is held or pending any more. */
  function expectAllFreed(...pools: string[]): void {
    expect(relay.scheduler.releases.map((release) => release.pool).sort()).toEqual(pools);
    for (const pool of pools) expect(relay.scheduler.free.get(pool)).toBe(1);
    expect(relay.clock.pending).toBe(0);
  }

  describe('of a stream', () => {
    it('gives the client the frames of whoever begins first, and ends the other call', async () => {
      await start();
      a.enqueue(gatedReply(new Gate(), streamOf('slow')));
      b.enqueue(streamOf('fast'));
      const { reply, done } = await send({ stream: true });
      await silence();
      await done;
      await (
        await a.request()
      ).aborted;
      expect(reply.text).toContain('fast');
      expect(reply.text).not.toContain('slow');
      expect(reply.text.match(/\[DONE\]/g)).toHaveLength(1);
      expect(reply.headers['x-relay-provider']).toBe('b');
      expect(row()).toMatchObject({ status: 'ok', provider: 'b', ttftMs: AFTER_MS, inputTokens: 11, outputTokens: 3 });
      expect(attempts().sort()).toEqual(['a hedge_lost', 'b ok']);
      expectAllFreed('a', 'b');
    });

    it('is not hedged once its first content is there', async () => {
      await start();
      const gate = new Gate();
      a.enqueue(sseReply([deltaFrame({ content: 'Hello' }), gate, deltaFrame({}, 'stop'), usageFrame(), doneFrame()]));
      const { reply, done } = await send({ stream: true });
      await gate.reached;
      while (!reply.text.includes('Hello')) await turn();
      relay.clock.advance(10 * AFTER_MS);
      gate.open();
      await done;
      expect(b.requests).toHaveLength(0);
      expect(attempts()).toEqual(['a ok']);
      expectAllFreed('a');
    });

    it('is the first one after all, where that begins while the second is silent', async () => {
      await start();
      const gate = new Gate();
      a.enqueue(gatedReply(gate, streamOf('first')));
      b.enqueue(neverAnswer());
      const { reply, done } = await send({ stream: true });
      await silence();
      gate.open();
      await done;
      await (
        await b.request()
      ).aborted;
      expect(reply.text).toContain('first');
      expect(reply.headers['x-relay-provider']).toBe('a');
      expect(attempts().sort()).toEqual(['a ok', 'b hedge_lost']);
      expectAllFreed('a', 'b');
    });

    it('goes on when the second target fails', async () => {
      await start();
      const gate = new Gate();
      a.enqueue(gatedReply(gate, streamOf('first')));
      b.enqueue(errorReply(500, 'no'));
      const { reply, done } = await send({ stream: true });
      await silence();
      while (relay.scheduler.releases.length === 0) await turn();
      gate.open();
      await done;
      expect(reply.text).toContain('first');
      expect(attempts().sort()).toEqual(['a ok', 'b upstream_error']);
      expectAllFreed('a', 'b');
    });

    it('ends in an error event where the winner breaks off: nothing of the other one follows', async () => {
      await start();
      a.enqueue(gatedReply(new Gate(), streamOf('slow')));
      b.enqueue(sseReply([deltaFrame({ content: 'half' }), usageFrame(), 'CUT']));
      const { reply, done } = await send({ stream: true });
      await silence();
      await done;
      expect(reply.text).toContain('half');
      expect(reply.text).toContain('event: error');
      expect(reply.text).not.toContain('slow');
      expect(reply.text).not.toContain('[DONE]');
      expect(row().status).toBe('error');
      expect(attempts().sort()).toEqual(['a hedge_lost', 'b upstream_error']);
      expectAllFreed('a', 'b');
    });

    it('ends both calls when the client leaves', async () => {
      await start();
      a.enqueue(neverAnswer());
      b.enqueue(neverAnswer());
      const { done, leave } = await send({ stream: true });
      await silence();
      leave();
      await done;
      await Promise.all([(await a.request()).aborted, (await b.request()).aborted]);
      expect(row().status).toBe('aborted');
      expect(attempts().sort()).toEqual(['a client_closed', 'b client_closed']);
      expectAllFreed('a', 'b');
    });

    it('ends both calls at the deadline', async () => {
      await start({ defaults: { ...hedged.defaults, deadlineMs: 1_000 } });
      a.enqueue(neverAnswer());
      b.enqueue(neverAnswer());
      const { reply, done } = await send({ stream: true });
      await silence();
      relay.clock.advance(1_000 - AFTER_MS);
      await done;
      expect(reply.status).toBe(504);
      expect(attempts().sort()).toEqual(['a upstream_timeout', 'b upstream_timeout']);
      expectAllFreed('a', 'b');
    });

    it('waits as long as P95 of its target says, and not at all for a figure that is not there', async () => {
      await start(byP95);
      const served = (ttftMs: number) => () =>
        Promise.resolve(completed({ body: Buffer.alloc(0), ttftMs, totalMs: ttftMs }));
      for (let i = 0; i < 19; i++) await relay.monitor.call('a', 'up-a', served(100));
      a.enqueue(streamOf('alone'), neverAnswer());
      const unhedged = await send({ stream: true });
      expect(relay.clock.pending).toBe(1); // the deadline
      await unhedged.done;
      await relay.monitor.call('a', 'up-a', served(100));
      relay.clock.advance(1_000); // the figures are read again

      b.enqueue(streamOf('fast'));
      const exchange = relay.exchange({ body: chat({ stream: true, seed: 2 }) }); // not what the cache has
      const done = relay.service.complete(exchange);
      await a.request(2);
      relay.clock.advance(90);
      await turn();
      expect(b.requests).toHaveLength(0);
      relay.clock.advance(20);
      await done;
      expect(exchange.reply.text).toContain('fast');
    });

    it('lets the silence of the loser count in its figures', async () => {
      await start();
      const before = relay.monitor.figures().get('a up-a');
      a.enqueue(neverAnswer());
      const { done } = await send({ stream: true });
      await silence();
      await done;
      relay.clock.advance(1_000);
      expect([before?.ttftP95Ms, relay.monitor.figures().get('a up-a')?.ttftP95Ms]).toEqual([null, AFTER_MS]);
    });
  });

  describe('of a whole answer', () => {
    it('is the first success', async () => {
      await start();
      a.enqueue(neverAnswer());
      b.enqueue(wholeOf('fast'));
      const { reply, done } = await send({});
      await silence();
      await done;
      await (
        await a.request()
      ).aborted;
      expect(reply.text).toContain('fast');
      expect(row()).toMatchObject({ status: 'ok', provider: 'b', inputTokens: 11, outputTokens: 3 });
      expect(attempts().sort()).toEqual(['a hedge_lost', 'b ok']);
      expectAllFreed('a', 'b');
    });

    it('does not need the first target to live on', async () => {
      await start();
      const [first, second] = [new Gate(), new Gate()];
      a.enqueue(gatedReply(first, errorReply(500, 'no')));
      b.enqueue(gatedReply(second, wholeOf('fast')));
      const { reply, done } = await send({});
      await silence();
      first.open();
      while (relay.scheduler.releases.length === 0) await turn();
      second.open();
      await done;
      expect(reply.text).toContain('fast');
      expect(attempts()).toEqual(['a upstream_error', 'b ok']);
      expectAllFreed('a', 'b');
    });

    it('fails when both fail, and makes no more calls than the plan allows', async () => {
      await start();
      const gate = new Gate();
      a.enqueue(gatedReply(gate, errorReply(500, 'no')));
      b.enqueue(errorReply(503, 'neither'));
      const { reply, done } = await send({});
      await silence();
      gate.open();
      await done;
      expect(reply.status).toBe(502);
      expect([a.requests.length, b.requests.length]).toEqual([1, 1]);
      expectAllFreed('a', 'b');
    });

    it('is refused with what is wrong with the request, if one of two failures says that', async () => {
      await start();
      const gate = new Gate();
      a.enqueue(gatedReply(gate, errorReply(400, 'bad temperature')));
      b.enqueue(errorReply(500, 'no'));
      const { reply, done } = await send({});
      await silence();
      while (relay.scheduler.releases.length === 0) await turn();
      gate.open();
      await done;
      expect(reply.status).toBe(400);
      expect(reply.text).toContain('bad temperature');
      expectAllFreed('a', 'b');
    });

    it('bills the loser too, if it told its usage', async () => {
      relay = await PipelineHarness.start(hedged);
      const both = new Gate();
      // Clients that do not hear the abort in time: the answers of both arrive in the same tick.
      const late = (): Promise<ReturnType<typeof completed>> => both.opened.then(() => completed());
      relay.providers.script('a', late);
      relay.providers.script('b', late);
      const done = relay.send();
      await turn();
      relay.clock.advance(AFTER_MS);
      await turn();
      both.open();
      expect((await done).status).toBe(200);
      expect(row()).toMatchObject({ inputTokens: 22, outputTokens: 6, usageEstimated: false });
      expect(row().attempts).toMatchObject([
        { provider: 'a', outcome: 'ok', inputTokens: 11, outputTokens: 3 },
        { provider: 'b', outcome: 'hedge_lost', inputTokens: 11, outputTokens: 3 },
      ]);
      expectAllFreed('a', 'b');
    });
  });

  describe('is not made', () => {
    const stages = (name: string): unknown[] =>
      row()
        .stages.filter((stage) => stage[0] === name)
        .map((stage) => stage[3]);

    /** The first target is silent for long, then answers. */
    async function slowFirst(): Promise<void> {
      const gate = new Gate();
      a.enqueue(gatedReply(gate, wholeOf('late')));
      const { reply, done } = await send({});
      relay.clock.advance(10 * AFTER_MS);
      await turn();
      gate.open();
      await done;
      expect(reply.text).toContain('late');
      expect(b.requests).toHaveLength(0);
    }

    it('where no slot is free at once', async () => {
      await start();
      relay.scheduler.free.set('b', 0);
      await slowFirst();
      expect(relay.scheduler.waitingCount).toBe(0);
      expect(stages('hedge')).toEqual([{ sent: false, reason: 'no_free_slot' }]);
    });

    it('where the budget for retries is used up', async () => {
      await start({ defaults: { retries: { ...hedged.defaults.retries, budget: 0 } } });
      await slowFirst();
      expect(stages('hedge')).toEqual([{ sent: false, reason: 'retry_budget_exhausted' }]);
      expect(relay.scheduler.free.get('b')).toBeUndefined();
    });

    it('to a target that is down', async () => {
      await start();
      for (let i = 0; i < 5; i++) await relay.monitor.call('b', 'up-b', () => Promise.resolve(failure()));
      await slowFirst();
    });

    it('where the plan allows one call only', async () => {
      await start({ defaults: { retries: { ...hedged.defaults.retries, maxAttempts: 1 } } });
      await slowFirst();
    });

    it('when the client left before it was time', async () => {
      await start();
      a.enqueue(neverAnswer());
      const { done, leave } = await send({});
      leave();
      await done;
      relay.clock.advance(10 * AFTER_MS);
      await turn();
      expect(b.requests).toHaveLength(0);
      expectAllFreed('a');
    });
  });
});
