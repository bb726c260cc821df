import type { UpstreamCompleted } from '../ports/upstream-client.port';
import { errorReply } from '@relay/testing';
import { WatchedTarget } from '../testing/watched-target';

const MINUTE_MS = 60_000;
const NO_BYTES = Buffer.alloc(0);

function answer(changes: Partial<UpstreamCompleted>, outputTokens = 101): UpstreamCompleted {
  return {
    kind: 'completed',
    status: 200,
    contentType: 'text/event-stream',
    body: NO_BYTES,
    tail: NO_BYTES,
    usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 },
    finishReason: 'stop',
    connectMs: null,
    ttftMs: 100,
    totalMs: 1_100,
    ...changes,
  };
}

describe('the figures of a target', () => {
  let target: WatchedTarget;
  beforeEach(async () => void (target = await WatchedTarget.start()));
  afterEach(() => target.close());

  const served = async (changes: Partial<UpstreamCompleted>, outputTokens?: number): Promise<void> =>
    void (await target.monitor.call('a', 'up', () => Promise.resolve(answer(changes, outputTokens))));

  it('are unknown before the first call', () => {
    expect(target.figures).toMatchObject({
      provider: 'a',
      upstreamModel: 'up',
      breaker: 'closed',
      ttftP50Ms: null,
      tpotP90Ms: null,
      rttMs: null,
      samples: 0,
      errorRate: null,
    });
  });

  it('are quantiles with two significant digits', async () => {
    for (let n = 1; n <= 100; n++) await served({ ttftMs: n * 11, totalMs: n * 11 + n * 100 });
    const figures = target.figures;
    expect(figures).toMatchObject({ samples: 100, errorRate: 0, tpotP50Ms: 50, tpotP90Ms: 89 });
    expect(figures).toMatchObject({ ttftP50Ms: 550, ttftP90Ms: 980, ttftP95Ms: 1000 });
  });

  it('take the pace from streams; of whole answers the total alone is known', async () => {
    const whole = Buffer.from('{}');
    await served({ body: whole, ttftMs: 2_000, totalMs: 2_000 }, 100);
    await served({ body: whole, ttftMs: 900, totalMs: 900 }, 3); // too short to say anything about the pace
    expect(target.figures).toMatchObject({ ttftP50Ms: null, tpotP50Ms: 20, samples: 2 });
    target.clock.advance(1_000);
    await served({ ttftMs: 100, totalMs: 600 });
    expect(target.figures).toMatchObject({ ttftP50Ms: 100, tpotP50Ms: 5, samples: 3 });
  });

  it('fade: what is older than ten minutes is forgotten', async () => {
    await served({ ttftMs: 100 });
    await target.play([errorReply(500, 'broken')]);
    target.clock.advance(6 * MINUTE_MS);
    await served({ ttftMs: 1_000, totalMs: 2_000 });
    expect(target.figures).toMatchObject({ samples: 3, ttftP50Ms: 100, ttftP95Ms: 100, errorRate: 0.33 });
    target.clock.advance(4 * MINUTE_MS);
    expect(target.figures).toMatchObject({ samples: 1, ttftP50Ms: 1_000, errorRate: 0 });
    target.clock.advance(5 * MINUTE_MS);
    expect(target.figures).toMatchObject({ samples: 0, ttftP50Ms: null, errorRate: null });
  });

  it('are one object until a second has passed or a target opens', async () => {
    const first = target.monitor.figures();
    await served({});
    target.clock.advance(999);
    expect(target.monitor.figures()).toBe(first);
    target.clock.advance(1);
    expect(target.figures.samples).toBe(1);
    await target.play([errorReply(401, 'bad key')]);
    const openedAt = target.clock.now();
    target.clock.advance(500);
    const open = target.monitor.figures();
    expect(target.figures).toMatchObject({
      breaker: 'open',
      openUntil: openedAt + 1_000,
      lastError: { at: openedAt, code: 'upstream_error', upstreamStatus: 401 },
    });
    target.clock.advance(499);
    expect(target.monitor.figures()).toBe(open);
    target.clock.advance(1); // not a second after the snapshot, but the time is up
    expect(target.breaker).toBe('half-open');
  });
});
