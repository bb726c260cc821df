import { Cancellation } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { replayAtPace, type PacedReplay } from './paced-replay';

const frames = ['a', 'b', 'c', 'd', 'e'].map((text) => Buffer.from(text));

describe('a replay at the pace it came', () => {
  let clock: FakeClock;
  let signal: Cancellation;
  let written: [ms: number, text: string][];
  let readerIsSlow: boolean;
  let catchUp: () => void;
  let end: 'done' | 'left' | 'running';

  beforeEach(() => {
    clock = new FakeClock();
    signal = new Cancellation();
    written = [];
    readerIsSlow = false;
    end = 'running';
  });

  const reply = {
    write: (bytes: Buffer, resume: () => void): boolean => {
      written.push([clock.monotonic(), bytes.toString()]);
      catchUp = resume;
      return !readerIsSlow;
    },
  };
  const start = (change: Partial<PacedReplay> = {}): void => {
    const times = { ttftMs: 100, tookMs: 500, elapsedMs: 0, deadlineMs: 60_000 };
    void replayAtPace({ reply, clock, signal, frames, ...times, ...change }).then((how) => (end = how));
  };

  it('gives the first frame when it came, the others evenly, and leaves the last to the caller when it is due', async () => {
    start();
    await clock.advanceAsync(499);
    expect([written, end]).toEqual([
      [
        [100, 'a'],
        [200, 'b'],
        [300, 'c'],
        [400, 'd'],
      ],
      'running',
    ]);
    await clock.advanceAsync(1);
    expect([written.length, end, clock.pending]).toEqual([4, 'done', 0]);
  });

  it('counts from the start of the request, so that time spent before is not waited for again', async () => {
    start({ elapsedMs: 250 });
    expect(written).toEqual([[0, 'ab']]);
    await clock.advanceAsync(250);
    expect(end).toBe('done');
  });

  it('sends several frames at once when they came faster than each 5 ms', async () => {
    const many = Array.from({ length: 1_001 }, () => Buffer.from('x'));
    start({ frames: many, ttftMs: 0, tookMs: 1_000 });
    await clock.advanceAsync(1_000);
    expect(written.length).toBeLessThanOrEqual(201);
    expect(written.map(([, text]) => text).join('')).toHaveLength(1_000);
    expect(end).toBe('done');
  });

  it('spreads the frames over the whole time where nobody knows when the first came', async () => {
    start({ ttftMs: null, tookMs: 400 });
    await clock.advanceAsync(399);
    expect(written.map(([ms]) => ms)).toEqual([0, 100, 200, 300]);
  });

  it('is told faster where the deadline would not wait', async () => {
    start({ deadlineMs: 300 });
    await clock.advanceAsync(300);
    expect(written.map(([ms]) => ms)).toEqual([100, 150, 200, 250]);
    expect(end).toBe('done');
  });

  it('waits for a client that reads slowly, then gives it at once what it missed', async () => {
    readerIsSlow = true;
    start();
    await clock.advanceAsync(350);
    expect([written, clock.pending]).toEqual([[[100, 'a']], 0]);
    readerIsSlow = false;
    catchUp();
    expect(written.slice(1)).toEqual([[350, 'bc']]);
    await clock.advanceAsync(150);
    expect(end).toBe('done');
  });

  it('stops at once when the client leaves, with nothing left behind', async () => {
    start();
    await clock.advanceAsync(250);
    signal.abort();
    await clock.advanceAsync(1_000);
    expect([written.length, end, clock.pending]).toEqual([2, 'left', 0]);
  });

  it('writes no more to a client that left while it was waited for', async () => {
    readerIsSlow = true;
    start();
    await clock.advanceAsync(100);
    signal.abort();
    catchUp();
    await clock.advanceAsync(1_000);
    expect([written.length, end, clock.pending]).toEqual([1, 'left', 0]);
  });

  it('does not begin for a client that has left', async () => {
    signal.abort();
    start();
    await clock.advanceAsync(1_000);
    expect([written, end, clock.pending]).toEqual([[], 'left', 0]);
  });
});
