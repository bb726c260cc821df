import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '@relay/testing';
import { within } from './within';

const LIMIT_MS = 100;
const never = (): Promise<void> => new Promise(() => undefined);

/** A clock that jumps: what falls due meanwhile is called when the process is back, what that asks for begins then. */
class StallingClock extends FakeClock {
  private callbacks: { readonly dueMs: number; readonly callback: () => void }[] = [];
  private atMs = 0;

  override after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.atMs + ms, callback };
    this.callbacks.push(timer);
    return () => void (this.callbacks = this.callbacks.filter((each) => each !== timer));
  }

  stall(ms: number): void {
    this.atMs += ms;
    const due = this.callbacks.filter(({ dueMs }) => dueMs <= this.atMs);
    this.callbacks = this.callbacks.filter(({ dueMs }) => dueMs > this.atMs);
    for (const { callback } of due) callback();
  }
}

describe('within', () => {
  it('says whether the promise was in time, passes rejections through, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    await expect(within(clock, LIMIT_MS, Promise.resolve('x'))).resolves.toBe(true);
    await expect(within(clock, LIMIT_MS, Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    const late = within(clock, LIMIT_MS, never());
    clock.advance(LIMIT_MS - 1);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    await expect(late).resolves.toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('takes what has arrived when the time is up', async () => {
    const clock = new FakeClock();
    const arriving = turn();
    const inTime = within(clock, LIMIT_MS, arriving);
    clock.advance(LIMIT_MS);
    await expect(inTime).resolves.toBe(true);
  });

  it('does not count the time in which the process stood still', async () => {
    const clock = new StallingClock();
    let arrive = (): void => undefined;
    const inTime = within(clock, LIMIT_MS, new Promise<void>((resolve) => (arrive = resolve)));
    const late = within(clock, LIMIT_MS, never());
    clock.stall(10 * LIMIT_MS);
    await turn();
    arrive();
    await expect(inTime).resolves.toBe(true);
    for (let part = 1; part < 4; part++) clock.stall(LIMIT_MS / 4);
    await expect(late).resolves.toBe(false);
  });
});
