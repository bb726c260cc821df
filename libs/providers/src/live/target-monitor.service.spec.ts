import {
  deltaFrame,
  errorReply,
  Gate,
  gatedReply,
  jsonReply,
  completionJson,
  neverAnswer,
  sseReply,
  type UpstreamScript,
} from '@relay/testing';
import { modelOf, relayConfig, WatchedTarget } from '../testing/watched-target';

const times = (count: number, script: UpstreamScript): UpstreamScript[] => Array.from({ length: count }, () => script);
const broken = errorReply(500, 'broken');
const fine = jsonReply(completionJson('fine'));

describe('TargetMonitor', () => {
  let target: WatchedTarget;
  beforeEach(async () => void (target = await WatchedTarget.start()));
  afterEach(() => target.close());

  const open = async (): Promise<void> => void (await target.play(times(5, broken)));

  describe('keeps calls from a target that is down', () => {
    it('opens after five failures in a row, and then refuses at once, without a call', async () => {
      expect(await target.play(times(4, broken))).toEqual(Array.from({ length: 4 }, () => 'upstream_error'));
      expect(target.breaker).toBe('closed');
      await target.play([broken]);
      expect(target.figures).toMatchObject({ breaker: 'open', reason: 'failures', opened: 1 });
      expect(target.figures.openUntil).toBe(target.clock.now() + 1_000);
      const outcome = await target.begin().outcome;
      expect(outcome).toMatchObject({ kind: 'failed', retryable: true, started: false, retryAfterMs: 1_000 });
      expect(outcome.kind === 'failed' && outcome.error).toMatchObject({
        code: 'unavailable',
        message: 'Target a/up failed too often; it is tried again at 2026-01-01T00:00:01.000Z.',
      });
      expect(target.upstream.requests).toHaveLength(5);
    });

    it('lets one call through when the time is up, and closes when that succeeds', async () => {
      await open();
      target.clock.advance(1_000);
      expect(target.breaker).toBe('half-open');
      const gate = new Gate();
      target.upstream.enqueue(gatedReply(gate, fine));
      const trial = target.begin();
      await gate.reached;
      expect(target.figures).toMatchObject({ breaker: 'open', openUntil: target.clock.now() + 10_000 });
      expect(await target.one()).toBe('unavailable');
      gate.open();
      expect((await trial.outcome).kind).toBe('completed');
      expect([target.breaker, await target.one()]).toEqual(['closed', 'ok']);
    });

    it('closes as soon as the stream of the trial begins, and counts how that ends', async () => {
      await open();
      target.clock.advance(1_000);
      const gate = new Gate();
      target.upstream.enqueue(sseReply([deltaFrame({ content: 'a' }), gate, 'CUT']));
      const trial = target.begin({ stream: true });
      await trial.observed?.received('"a"');
      expect([target.breaker, await target.one()]).toEqual(['closed', 'ok']);
      await target.play(times(4, broken));
      expect(target.breaker).toBe('closed');
      gate.open();
      expect((await trial.outcome).kind).toBe('failed');
      expect(target.breaker).toBe('open');
    });

    it('counts streams that are cut at the same moment once', async () => {
      const cutAtOnce = async (count: number): Promise<void> => {
        const gate = new Gate();
        const streams = [];
        for (let n = 0; n < count; n++) {
          target.upstream.enqueue(sseReply([deltaFrame({ content: 'a' }), gate, 'CUT']));
          const stream = target.begin({ stream: true });
          await stream.observed?.received('"a"');
          streams.push(stream.outcome);
        }
        target.clock.advance(5_000);
        gate.open();
        await Promise.all(streams);
        target.clock.advance(1_000);
      };
      for (let n = 0; n < 4; n++) await cutAtOnce(6);
      expect(target.breaker).toBe('closed');
      await cutAtOnce(6);
      expect(target.figures.opened).toBe(1);
    });

    it('waits twice as long each time the trial fails, a minute at most', async () => {
      await open();
      const waits: number[] = [];
      for (let n = 0; n < 8; n++) {
        const waitMs = (target.figures.openUntil ?? 0) - target.clock.now();
        waits.push(waitMs / 1_000);
        target.clock.advance(waitMs);
        await target.play([broken]);
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    });

    it('lets another trial through when the first takes long', async () => {
      await open();
      target.clock.advance(1_000);
      const gate = new Gate();
      target.upstream.enqueue(gatedReply(gate, fine));
      const slow = target.begin();
      await gate.reached;
      target.clock.advance(9_999);
      expect([target.breaker, await target.one()]).toEqual(['open', 'unavailable']);
      target.clock.advance(1);
      expect(target.breaker).toBe('half-open');
      expect([await target.one(), target.breaker]).toEqual(['ok', 'closed']);
      gate.open();
      await slow.outcome;
    });

    it('does not hear what calls from before have to say', async () => {
      const gates = [new Gate(), new Gate()];
      const scripts = [fine, broken];
      const late = [];
      for (const [i, gate] of gates.entries()) {
        target.upstream.enqueue(gatedReply(gate, scripts[i] ?? fine));
        late.push(target.begin().outcome);
        await gate.reached;
      }
      await open();
      for (const gate of gates) gate.open();
      await Promise.all(late);
      expect(target.figures).toMatchObject({ breaker: 'open', openUntil: target.clock.now() + 1_000, opened: 1 });
    });

    it('opens for refused connections, cut streams and time-outs of the provider', async () => {
      const cut = sseReply([deltaFrame({ content: 'a' }), 'CUT']);
      expect(await target.play(times(2, cut), { stream: true })).toEqual(['upstream_error', 'upstream_error']);
      await target.upstream.refuseConnections();
      for (let n = 0; n < 3; n++) expect(await target.one()).toBe('upstream_error');
      expect(target.breaker).toBe('open');
    });

    it('opens for a target that fails more often than not, though never five times in a row', async () => {
      const limping = [broken, broken, broken, fine];
      await target.play([...limping, ...limping, broken]);
      expect(target.breaker).toBe('closed');
      await target.play([broken]);
      expect(target.breaker).toBe('open');
    });

    it('opens at once when the key is not accepted, and when there is no credit left', async () => {
      await target.play([errorReply(401, 'bad key')]);
      expect(target.figures).toMatchObject({ breaker: 'open', reason: 'credentials' });
      expect(await target.one()).toBe('upstream_error'); // as the one that was asked
      target.monitor.reset('a');
      await target.play(times(4, errorReply(402, 'no credit')));
      expect(target.breaker).toBe('closed');
      await target.play([errorReply(402, 'no credit')]);
      expect(target.breaker).toBe('open');
    });

    it('closes for an operator who knows better', async () => {
      await open();
      target.monitor.reset('another');
      expect(target.breaker).toBe('open');
      target.monitor.reset('a');
      expect([target.breaker, await target.one()]).toEqual(['closed', 'ok']);
    });
  });

  describe('does not blame the target', () => {
    it('for requests that it refuses', async () => {
      await target.play([...times(4, broken), errorReply(400, 'bad request'), ...times(4, broken)]);
      await target.play(times(12, errorReply(422, 'bad request')));
      expect(target.figures).toMatchObject({ breaker: 'closed', lastError: { code: 'upstream_error' } });
    });

    it('for clients that leave', async () => {
      await target.play(times(4, broken));
      for (let n = 0; n < 3; n++) {
        target.upstream.enqueue(neverAnswer());
        const { observed, outcome } = target.begin();
        await target.upstream.request(5 + n);
        observed?.abort.abort();
        expect(await outcome).toMatchObject({ error: { code: 'client_closed' } });
      }
      expect(target.figures).toMatchObject({ breaker: 'closed', samples: 4 });
    });

    it('for a client that leaves the trial: the next call is the trial', async () => {
      await open();
      target.clock.advance(1_000);
      target.upstream.enqueue(neverAnswer());
      const { observed, outcome } = target.begin();
      await target.upstream.request(6);
      expect(target.breaker).toBe('open');
      observed?.abort.abort();
      await outcome;
      expect(target.breaker).toBe('half-open');
      expect([await target.one(), target.breaker]).toEqual(['ok', 'closed']);
    });

    it('for deadlines that nobody could meet, but for those that leave time enough', async () => {
      const late = async (timeoutMs: number): Promise<void> => {
        const before = target.upstream.requests.length;
        const calls = Array.from({ length: 5 }, () => target.begin({ timeoutMs }));
        target.upstream.enqueue(...times(5, neverAnswer()));
        await target.upstream.request(before + 5);
        target.clock.advance(timeoutMs);
        for (const { outcome } of calls) expect(await outcome).toMatchObject({ error: { code: 'upstream_timeout' } });
      };
      await late(9_999);
      expect(target.breaker).toBe('closed');
      await late(10_000);
      expect(target.breaker).toBe('open');
    });

    it('for limiting the rate', async () => {
      await target.play(times(12, errorReply(429, 'slow down')));
      expect(target.figures).toMatchObject({ breaker: 'closed', errorRate: 1 });
    });

    it('for what it forbids: it may be the prompt that it dislikes', async () => {
      await target.play(times(12, errorReply(403, 'content policy')));
      expect(target.figures).toMatchObject({ breaker: 'closed', errorRate: 1, lastError: { upstreamStatus: 403 } });
      await target.play([errorReply(403, 'content policy', { 'retry-after': '3600' })]);
      expect(target.breaker).toBe('closed');
    });

    it('when the call itself throws', async () => {
      await open();
      target.clock.advance(1_000);
      const fault = new Error('a fault of the relay');
      await expect(target.monitor.call('a', 'up', () => Promise.reject(fault))).rejects.toBe(fault);
      expect([await target.one(), target.breaker]).toEqual(['ok', 'closed']);
    });
  });

  describe('leaves a target alone that asks for it', () => {
    const limited = (seconds: number): UpstreamScript =>
      errorReply(429, 'slow down', { 'retry-after': String(seconds) });
    const waitS = (): number => Math.round(((target.figures.openUntil ?? 0) - target.clock.now()) / 1_000);

    it('for two seconds, whatever one answer says, and tells others how long', async () => {
      await target.play([limited(3_600)]);
      expect(target.figures).toMatchObject({ breaker: 'open', reason: 'rate-limit', opened: 0 });
      target.clock.advance(900);
      expect(await target.begin().outcome).toMatchObject({
        retryable: true,
        error: { code: 'upstream_rate_limited', retryAfterSeconds: 2 },
      });
      target.clock.advance(1_100);
      expect(target.breaker).toBe('half-open');
      expect([await target.one(), target.breaker]).toEqual(['ok', 'closed']);
      expect(target.upstream.requests).toHaveLength(2);
    });

    it('for less if it asks for less', async () => {
      await target.play([limited(1)]);
      target.clock.advance(997);
      expect(await target.one()).toBe('upstream_rate_limited');
      target.clock.advance(1);
      expect(await target.one()).toBe('ok');
    });

    it('twice as long each time, up to what it asks for and to a minute, until a call goes well', async () => {
      const waits = async (seconds: number, times: number): Promise<number[]> => {
        const all: number[] = [];
        for (let n = 0; n < times; n++) {
          expect(await target.play([limited(seconds)])).toEqual(['upstream_rate_limited']);
          all.push(waitS());
          target.clock.advance(waitS() * 1_000);
        }
        return all;
      };
      expect(await waits(3_600, 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
      await target.play([fine]);
      expect(await waits(5, 3)).toEqual([2, 4, 5]);
    });

    it('once for all calls that were under way', async () => {
      const gates = [new Gate(), new Gate(), new Gate()];
      const late = [];
      for (const [i, gate] of gates.entries()) {
        target.upstream.enqueue(gatedReply(gate, i === 2 ? fine : limited(60)));
        late.push(target.begin().outcome);
        await gate.reached;
      }
      await target.play([limited(60)]);
      target.clock.advance(1_000);
      for (const gate of gates) gate.open();
      await Promise.all(late);
      expect(waitS()).toBe(1);
    });

    it('lets one call find out, and the others in as well if that is not refused within a second', async () => {
      await target.play([limited(60)]);
      target.clock.advance(2_000);
      const gate = new Gate();
      target.upstream.enqueue(gatedReply(gate, fine));
      const trial = target.begin();
      await gate.reached;
      expect([target.breaker, await target.one()]).toEqual(['open', 'upstream_rate_limited']);
      target.clock.advance(1_000);
      expect([target.breaker, await target.one()]).toEqual(['closed', 'ok']);
      gate.open();
      await trial.outcome;
    });

    it('lets the next call find out when the first one said nothing of the limit', async () => {
      await target.play([limited(60)]);
      target.clock.advance(2_000);
      await target.play([broken]);
      expect(target.breaker).toBe('half-open');
      await expect(target.monitor.call('a', 'up', () => Promise.reject(new Error('a fault')))).rejects.toThrow();
      expect(target.breaker).toBe('half-open');
      await target.play([limited(60)]);
      expect(waitS()).toBe(4);
    });

    it('also when that comes with a failure', async () => {
      await target.play([errorReply(503, 'restarting', { 'retry-after': '300' })]);
      expect(target.figures).toMatchObject({ breaker: 'open', reason: 'failures' });
      expect(await target.one()).toBe('unavailable');
      target.clock.advance(2_000);
      expect([await target.one(), target.breaker]).toEqual(['ok', 'closed']);
    });

    it('not any more when an operator knows better', async () => {
      await target.play([limited(60)]);
      target.monitor.reset('a');
      expect(target.breaker).toBe('closed');
      await target.play([limited(60)]);
      expect(waitS()).toBe(2);
    });
  });

  describe('on a reload', () => {
    const up = modelOf(['a', 'up']);

    it('keeps what it knows of targets whose provider stays as it was', async () => {
      await open();
      target.store.replace(relayConfig([target.provider()], [modelOf(['a', 'up'], ['a', 'more'])]));
      expect(target.breaker).toBe('open');
      expect([...target.monitor.figures().keys()]).toEqual(['a up', 'a more']);
    });

    it('forgets what it knows of a provider that was changed', async () => {
      await target.play([errorReply(401, 'bad key')]);
      target.store.replace(relayConfig([target.provider({ apiKey: 'another key' })], [up]));
      expect(target.figures).toMatchObject({ breaker: 'closed', samples: 0, lastError: null });
    });

    it('removes targets that are gone, and calls them unwatched should a request still hold them', async () => {
      await open();
      target.store.replace(relayConfig([target.provider()]));
      expect(target.monitor.figures().size).toBe(0);
      expect(await target.one()).toBe('ok');
      expect(target.monitor.figures().size).toBe(0);
    });
  });
});
