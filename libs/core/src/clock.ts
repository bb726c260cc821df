/** Time, injected so that tests own it. */
export interface Clock {
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Monotonic clock, ms with fractions; only differences mean something. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels. Never keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** Injection token of the clock. */
export const CLOCK = Symbol('CLOCK');

/** Node's timers count in 32 bits, and fire at once beyond (TimeoutOverflowWarning). In ms: 24.8 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      if (leftMs <= MAX_TIMER_MS) timer = setTimeout(callback, leftMs);
      else timer = setTimeout(() => wait(leftMs - MAX_TIMER_MS), MAX_TIMER_MS);
      timer.unref();
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};
