import type { WarmingNext, WarmingStep } from '@relay/cache';
import { err, ok, RelayError, type CancelSignal } from '@relay/core';
import { Gate } from '@relay/testing';
import type { RequestBody } from './distinct-bodies';
import { WarmingRound, type WarmingParts } from './warming-round';

type Reply = Awaited<ReturnType<WarmingParts['ask']>>;

const replyOf = (cache: string, status = 200, costUsd: string | null = '0.1'): Reply =>
  ok({ status, cache, costUsd, body: Buffer.from('{"error":"no such thing"}') });
const bodies = (count: number): RequestBody[] => Array.from({ length: count }, (_, n) => ({ n }));

/** Answers when nobody wants it any more. */
const givenUp = (signal: CancelSignal): Promise<Reply> =>
  new Promise((resolve) => {
    const giveUp = (): void => resolve(err(new RelayError('unavailable', 'cancelled')));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });

/** A relay of the test's own, which answers a body by its number. */
class Asked {
  readonly begun: unknown[] = [];
  readonly steps: WarmingStep[] = [];
  atOnce = 0;
  most = 0;

  constructor(
    private readonly answer: (n: number, signal: CancelSignal) => Reply | Promise<Reply>,
    private readonly next: (noted: number) => WarmingNext = () => 'go-on',
  ) {}

  readonly parts: WarmingParts = {
    ask: async ({ n }, signal) => {
      this.begun.push(n);
      this.most = Math.max(this.most, ++this.atOnce);
      await Promise.resolve();
      try {
        return await this.answer(Number(n), signal);
      } finally {
        this.atOnce--;
      }
    },
    note: (step) => Promise.resolve(this.next(this.steps.push(step))),
  };
}

describe('a round of requests that are asked ahead of need', () => {
  it('asks all of them in their order, four at a time', async () => {
    const asked = new Asked(() => replyOf('miss'));
    expect(await new WarmingRound(bodies(10), asked.parts).run()).toEqual({ kind: 'done', reason: null });
    expect(asked.begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(asked.most).toBe(4);
    expect(asked.steps).toHaveLength(10);
  });

  it('tells what was stored, what was there, and what failed', async () => {
    const replies = [
      replyOf('miss'),
      replyOf('exact-l2', 200, '0'),
      replyOf('bypass'),
      replyOf('miss', 502, null),
      err(new RelayError('unavailable', 'no slot')),
    ];
    const asked = new Asked((n) => replies[n] ?? replyOf('miss'));
    await new WarmingRound(bodies(5), asked.parts).run();
    expect(asked.steps).toEqual([
      { outcome: 'stored', costUsd: '0.1' },
      { outcome: 'cached', costUsd: '0' },
      { outcome: 'failed', costUsd: '0.1' },
      { outcome: 'failed', costUsd: null },
      { outcome: 'failed', costUsd: null },
    ]);
  });

  it('asks no more when the money is spent, and counts what is on its way', async () => {
    const asked = new Asked(
      () => replyOf('miss'),
      (noted) => (noted >= 2 ? 'spent' : 'go-on'),
    );
    expect(await new WarmingRound(bodies(100), asked.parts).run()).toEqual({ kind: 'done', reason: 'maxUsd is spent' });
    expect(asked.steps.length).toBeLessThanOrEqual(2 + 4);
    expect(asked.steps).toHaveLength(asked.begun.length);
  });

  it('gives up when nothing is answered any more, and says why', async () => {
    const asked = new Asked((n) => (n === 5 ? replyOf('miss') : replyOf('miss', 402)));
    const end = await new WarmingRound(bodies(100), asked.parts).run();
    expect(end).toEqual({
      kind: 'failed',
      reason: '20 requests in a row failed, the last with: status 402: {"error":"no such thing"}',
    });
    expect(asked.begun.length).toBeLessThan(40);
  });

  it('gives up what is being asked when it is interrupted, and does not count it', async () => {
    const gate = new Gate();
    const asked = new Asked(async (n, signal) => {
      if (n === 3) await gate.pass();
      return givenUp(signal);
    });
    const round = new WarmingRound(bodies(100), asked.parts);
    const running = round.run();
    await gate.reached;
    round.interrupt();
    gate.open();
    expect(await running).toEqual({ kind: 'interrupted' });
    expect([asked.begun.length, asked.steps.length]).toEqual([4, 0]);
  });

  it('gives up what is being asked when somebody cancelled it', async () => {
    const gate = new Gate();
    const asked = new Asked(
      async (n, signal) => {
        if (n === 3) void gate.pass();
        if (n > 0) return givenUp(signal);
        await gate.reached;
        return replyOf('miss');
      },
      () => 'cancelled',
    );
    expect(await new WarmingRound(bodies(100), asked.parts).run()).toEqual({ kind: 'cancelled' });
    expect([asked.begun.length, asked.steps.length]).toEqual([4, 1]);
  });

  it('rejects when it cannot keep count, after the last answer', async () => {
    const asked = new Asked(() => replyOf('miss'));
    const away = (): Promise<WarmingNext> => Promise.reject(new Error('the database is away'));
    await expect(new WarmingRound(bodies(100), { ...asked.parts, note: away }).run()).rejects.toThrow('database');
    expect(asked.atOnce).toBe(0);
    expect(asked.begun).toHaveLength(4);
  });
});
