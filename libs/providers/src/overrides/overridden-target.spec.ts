import type { OverrideMode } from '@relay/contracts';
import { completionJson, errorReply, Gate, gatedReply, jsonReply, type UpstreamScript } from '@relay/testing';
import { relayConfig, modelOf, WatchedTarget } from '../testing/watched-target';
import { OverrideBook } from './override-book';

const HOUR_MS = 3_600_000;
const broken = errorReply(500, 'broken');
const fine = jsonReply(completionJson('fine'));
const times = (count: number, script: UpstreamScript): UpstreamScript[] => Array.from({ length: count }, () => script);

describe('a target that an operator speaks of', () => {
  let target: WatchedTarget;
  beforeEach(async () => void (target = await WatchedTarget.start()));
  afterEach(() => target.close());

  const say = (mode: OverrideMode, of: string | null = null): void => {
    const [since, by, reason] = [target.clock.now(), 'op@example.org', 'maintenance'];
    const override = { provider: 'a', target: of, mode, since, until: since + HOUR_MS, by, reason };
    target.monitor.override(new OverrideBook([override]));
  };
  const unsay = (): void => target.monitor.override(new OverrideBook());

  it('takes nothing new while it is drained, and finishes what runs', async () => {
    const gate = new Gate();
    target.upstream.enqueue(gatedReply(gate, fine));
    const running = target.begin();
    await gate.reached;
    say('drain');
    const until = target.clock.now() + HOUR_MS;
    expect(target.figures).toMatchObject({ breaker: 'open', reason: 'drained', openUntil: until });
    expect(await target.begin().outcome).toMatchObject({
      retryable: true,
      retryAfterMs: 60_000, // an operator may change his mind
      error: {
        code: 'unavailable',
        message: 'Target a/up was taken out of service by an operator; it is tried again at 2026-01-01T01:00:00.000Z.',
      },
    });
    gate.open();
    expect((await running.outcome).kind).toBe('completed');
    expect(target.upstream.requests).toHaveLength(1);
  });

  it.each(['open', 'drain'] as const)(
    'is back in service when the time of "%s" is up, with nobody doing anything',
    async (mode) => {
      say(mode, 'up');
      expect(await target.one()).toBe('unavailable');
      target.clock.advance(HOUR_MS - 1);
      expect(await target.one()).toBe('unavailable');
      target.clock.advance(1);
      expect([await target.one(), target.breaker]).toEqual(['ok', 'closed']);
    },
  );

  it('is back at once when it is said so', async () => {
    say('open');
    expect(target.figures).toMatchObject({ breaker: 'open', reason: 'forced' });
    unsay();
    expect([target.breaker, await target.one()]).toEqual(['closed', 'ok']);
  });

  it('is called however often it fails while its breaker is held closed', async () => {
    say('closed');
    const codes = await target.play(times(12, broken));
    expect(codes).toEqual(codes.map(() => 'upstream_error'));
    expect(target.figures).toMatchObject({ breaker: 'closed', opened: 0, errorRate: 1 });
  });

  it('is called though its breaker was open, which is as it was afterwards', async () => {
    await target.play(times(5, broken));
    expect(target.breaker).toBe('open');
    say('closed');
    expect([target.breaker, await target.one()]).toEqual(['closed', 'ok']);
    unsay();
    expect(target.breaker).toBe('open');
    target.clock.advance(1_000);
    expect([target.breaker, await target.one(), target.breaker]).toEqual(['half-open', 'ok', 'closed']);
  });

  it('is still left alone as long as it asks for that, with its breaker held closed', async () => {
    say('closed');
    expect(await target.play([errorReply(429, 'slow down', { 'retry-after': '2' })])).toEqual([
      'upstream_rate_limited',
    ]);
    expect(target.figures).toMatchObject({ breaker: 'open', reason: 'rate-limit' });
    target.clock.advance(2_000);
    expect(await target.one()).toBe('ok');
  });

  it('stays out of service when the configuration is another', () => {
    say('drain');
    const config = relayConfig([target.provider({ headers: { 'x-new': '1' } })], [modelOf(['a', 'up'], ['a', 'more'])]);
    target.store.replace(config);
    const states = [...target.monitor.figures().values()].map(({ upstreamModel, reason }) => [upstreamModel, reason]);
    expect(states).toEqual([
      ['up', 'drained'],
      ['more', 'drained'],
    ]);
  });
});
