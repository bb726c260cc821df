import { Logger } from '@nestjs/common';
import { systemClock } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { estimateTokens } from './estimate-tokens';
import { TokenCounter } from './token-counter';

describe('the token counter', () => {
  let counter: TokenCounter;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await counter.beforeApplicationShutdown();
  });

  it('counts in a thread of its own, many texts at once', async () => {
    counter = new TokenCounter(new FakeClock());
    const counts = await Promise.all(
      ['hello world', '', 'antidisestablishmentarianism'].map((text) => counter.count(text)),
    );
    expect(counts).toEqual([2, 0, 6].map((tokens) => ({ tokens, exact: true })));
  });

  it('estimates a text that is too long, and those that come while enough wait', async () => {
    counter = new TokenCounter(new FakeClock());
    const long = 'word '.repeat(200_001);
    expect(await counter.count(long)).toEqual({ tokens: estimateTokens(long), exact: false });
    const counts = await Promise.all(Array.from({ length: 80 }, () => counter.count('hello world')));
    expect(counts.filter(({ exact }) => exact)).toHaveLength(64);
    expect((await counter.count('hello world')).exact).toBe(true);
  });

  it('estimates what was not counted in time, and goes on with the next', async () => {
    const clock = new FakeClock();
    counter = new TokenCounter(clock);
    const late = counter.count('hello world'); // the thread needs longer to start than this test to go on
    clock.advance(100);
    expect((await late).exact).toBe(false);
    expect((await counter.count('hello world')).exact).toBe(true);
  });

  it('estimates at once while the thread is still at what nobody waits for any more', async () => {
    const clock = new FakeClock();
    counter = new TokenCounter(clock);
    const late = Array.from({ length: 64 }, () => counter.count('hello world'));
    clock.advance(100);
    await Promise.all(late);
    expect((await counter.count('hello world')).exact).toBe(false);
  });

  it('ends a thread that answers nothing, and starts another', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn');
    const clock = new FakeClock();
    counter = new TokenCounter(clock);
    const late = counter.count('hello world');
    clock.advance(5_000);
    await late;
    expect((await counter.count('hello world')).exact).toBe(true);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('does not take a thread for stuck that had nothing to do', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn');
    const clock = new FakeClock();
    counter = new TokenCounter(clock);
    await counter.count('hello world');
    clock.advance(30_000);
    const late = counter.count('word '.repeat(100_000));
    clock.advance(1_000);
    expect((await late).exact).toBe(false);
    expect(warned).not.toHaveBeenCalled();
  });

  it('ends a thread that has nothing to do, and starts another when it is needed', async () => {
    const clock = new FakeClock();
    counter = new TokenCounter(clock);
    await counter.count('hello');
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
    expect((await counter.count('hello')).exact).toBe(true);
  });

  it('estimates at once after the shutdown', async () => {
    counter = new TokenCounter(systemClock);
    const asked = counter.count('hello world');
    await counter.beforeApplicationShutdown();
    expect((await asked).exact).toBe(false);
    expect(await counter.count('hello world')).toEqual({ tokens: estimateTokens('hello world'), exact: false });
  });
});
