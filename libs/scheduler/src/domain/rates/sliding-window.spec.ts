import fc from 'fast-check';
import { BUCKET_MS, bucketAt, SlidingWindow, WINDOW_MS } from './sliding-window';
import { waitFor } from './rates';

const LIMIT = 10;

/** Times of requests in ms, bursts and pauses of up to two windows. */
const gaps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1_000, max: 130_000 })),
  {
    minLength: 1,
    maxLength: 200,
  },
);

describe('a sliding window', () => {
  it('never lets more than the limit into any 60 s', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 999 }), (steps, phase) => {
        const window = new SlidingWindow();
        const granted: number[] = [];
        let now = phase;
        for (const step of steps) {
          now += step;
          if (waitFor(window, LIMIT, 1, now) > 0) continue;
          window.add(now, 1);
          granted.push(now);
          const within = granted.filter((at) => at > now - WINDOW_MS);
          if (within.length > LIMIT) return false;
        }
        return true;
      }),
      { numRuns: 300 },
    );
  });

  it('refuses nothing that a window longer by one bucket has room for', () => {
    fc.assert(
      fc.property(gaps, (steps) => {
        const window = new SlidingWindow();
        const granted: number[] = [];
        let now = 0;
        return steps.every((step) => {
          now += step;
          const counted = granted.filter((at) => at > now - WINDOW_MS - BUCKET_MS).length;
          const isGranted = waitFor(window, LIMIT, 1, now) === 0;
          if (isGranted) {
            window.add(now, 1);
            granted.push(now);
          }
          return isGranted || counted >= LIMIT;
        });
      }),
      { numRuns: 300 },
    );
  });

  it('has room when it said it would, and not before', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: LIMIT }), (steps, amount) => {
        const window = new SlidingWindow();
        let now = 0;
        for (const step of steps) {
          now += step;
          if (waitFor(window, LIMIT, 1, now) === 0) window.add(now, 1);
        }
        const waitMs = waitFor(window, LIMIT, amount, now);
        if (waitMs === 0) return true;
        return (
          waitFor(window, LIMIT, amount, now + waitMs - 1) > 0 && waitFor(window, LIMIT, amount, now + waitMs) === 0
        );
      }),
      { numRuns: 300 },
    );
  });

  it('takes back what still counts, and nothing of what is forgotten', () => {
    const window = new SlidingWindow();
    window.add(500, 8);
    window.add(30_000, 1);
    window.takeBack(30_000, bucketAt(500), 5);
    expect(window.used(30_000)).toBe(4);
    window.takeBack(61_000, bucketAt(500), 3);
    expect(window.used(61_000)).toBe(1);
    expect(window.emptyInMs(61_000)).toBe(30_000);
    expect(window.emptyInMs(200_000)).toBe(0);
  });
});
