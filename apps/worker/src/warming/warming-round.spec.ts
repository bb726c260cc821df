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
  /** Answered, and not in the cache afterwards. */
  readonly notKept = new Set<number>();
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
    finds: ({ n }) => Promise.resolve(!this.notKept.has(Number(n))),
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
    const told = asked.steps.map(({ outcome, costUsd }) => `${outcome} ${costUsd}`);
    expect(told.sort()).toEqual(['cached 0', 'failed 0.1', 'failed null', 'failed null', 'stored 0.1']);
  });

  it('tells which request failed, and why, as a client would be told', async () => {
    const unknown = { message: 'The model "x" is not known.', type: 'invalid_request_error', code: 'model_not_found' };
    const body = Buffer.from(JSON.stringify({ error: { ...unknown, param: 'model' } }));
    const replies = [
      ok({ status: 404, cache: 'bypass', costUsd: null, body }),
      replyOf('miss'),
      replyOf('bypass'),
      replyOf('miss', 502),
      err(new RelayError('unavailable', `no slot \0${'.'.repeat(1_000)}`)),
      replyOf('miss'),
    ];
    const asked = new Asked((n) => replies[n] ?? replyOf('miss'));
    asked.notKept.add(5);
    await new WarmingRound(bodies(6), asked.parts, { asked: 30, failedInARow: 0, isOver: () => false }).run();
    const errors = asked.steps.flatMap(({ error }) => error ?? []).sort((a, b) => a.request - b.request);
    expect(errors.map(({ request, code, message }) => `${request} ${code}: ${message.slice(0, 50)}`)).toEqual([
      '31 model_not_found: status 404: The model "x" is not known.',
      '33 not_cached: the policy does not cache this request',
      '34 status_502: status 502: {"error":"no such thing"}',
      `35 unavailable: no slot \uFFFD${'.'.repeat(41)}`,
      '36 not_kept: it was answered, but the answer was not kept',
    ]);
    expect(errors[3]?.message).toHaveLength(300);
  });

  it('does not call stored what the cache did not take, and gives up when it takes nothing', async () => {
    const asked = new Asked((n) => (n === 1 ? replyOf('exact-l1', 200, '0') : replyOf(n === 2 ? 'coalesced' : 'miss')));
    asked.notKept.add(0).add(1); // what was there before was not asked for twice
    await new WarmingRound(bodies(3), asked.parts).run();
    expect(asked.steps.map(({ outcome }) => outcome).sort()).toEqual(['cached', 'failed', 'stored']);

    const inVain = new Asked(() => replyOf('miss'));
    bodies(100).forEach((_, n) => inVain.notKept.add(n));
    expect(await new WarmingRound(bodies(100), inVain.parts).run()).toEqual({
      kind: 'failed',
      reason: '20 requests in a row failed, the last with: it was answered, but the answer was not kept',
    });
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

  it('lets others have their turn when its own is over, and goes on with the same count of failures', async () => {
    const asked = new Asked(() => replyOf('miss', 502));
    const round = new WarmingRound(bodies(30), asked.parts, {
      asked: 0,
      failedInARow: 3,
      isOver: () => asked.begun.length >= 10,
    });
    expect(await round.run()).toEqual({ kind: 'turn', failedInARow: 13 });
    expect(asked.steps).toHaveLength(10);
    const next = new WarmingRound(bodies(30).slice(10), asked.parts, {
      asked: 10,
      failedInARow: 13,
      isOver: () => false,
    });
    expect(await next.run()).toMatchObject({ kind: 'failed' });
    expect(asked.begun.slice(10, 12)).toEqual([10, 11]);
    const over = new WarmingRound(bodies(2), asked.parts, {
      asked: 0,
      failedInARow: 0,
      isOver: () => asked.atOnce > 0,
    });
    expect(await over.run()).toMatchObject({ kind: 'turn' });
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

  it.each([
    ['interrupted', 'go-on'],
    ['cancelled', 'cancelled'],
  ] as const)('counts what was paid for when it is %s in the middle', async (kind, next) => {
    const gate = new Gate();
    const late = replyOf('miss', 499, '0.1'); // answered, when nobody wanted it any more
    const asked = new Asked(
      async (n, signal) => {
        if (n === 3) void gate.pass();
        await gate.reached;
        if (n === 0 && next === 'cancelled') return replyOf('miss');
        await givenUp(signal);
        return n === 3 ? givenUp(signal) : late;
      },
      () => next,
    );
    const round = new WarmingRound(bodies(100), asked.parts);
    const running = round.run();
    await gate.reached;
    if (next === 'go-on') round.interrupt();
    expect(await running).toEqual({ kind });
    const paid = asked.steps.filter(({ outcome }) => outcome === 'given-up');
    expect(paid).toEqual(Array(next === 'go-on' ? 3 : 2).fill({ outcome: 'given-up', costUsd: '0.1' }));
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
