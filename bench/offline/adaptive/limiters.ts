import { PoolLimits } from '@relay/scheduler';

/** How a call went, as a limiter hears of it. Times in ms. */
export interface CallEnd {
  readonly refused: boolean; // 429
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly totalMs: number;
  readonly startedAt: number;
  readonly now: number;
  readonly inFlight: number; // this one included
}

export interface Limiter {
  limit(now: number): number;
  ended(call: CallEnd): void;
}

/** What is asked for; where it is missing, the controller learns it. */
export interface Targets {
  readonly ttftMs?: number;
  readonly tpotMs?: number;
}

export const fixedLimit = (limit: number): Limiter => ({ limit: () => limit, ended: () => undefined });

/** The controller of the product; without `adaptive` it hears 429s only. */
export function poolLimits(configured: number, adaptive?: Targets): Limiter {
  return heeding(new PoolLimits(configured, adaptive && { ...adaptive, minConcurrency: 1 }), ({ ttftMs, tpotMs }) => {
    return { ttftMs, tpotMs };
  });
}

/** The same controller with the time of the whole answer as its signal. */
export function endToEndLimits(configured: number, targetMs?: number): Limiter {
  const target = targetMs === undefined ? {} : { ttftMs: targetMs };
  return heeding(new PoolLimits(configured, { ...target, minConcurrency: 1 }), ({ totalMs }) => ({ ttftMs: totalMs }));
}

/** Several processes: each learns from its own calls, and the smallest limit counts. */
export function shared(limiters: readonly Limiter[]): Limiter {
  let calls = 0;
  return {
    limit: (now) => Math.min(...limiters.map((limiter) => limiter.limit(now))),
    ended: (call) => limiters[calls++ % limiters.length]?.ended(call),
  };
}

function heeding(limits: PoolLimits, signalOf: (call: CallEnd) => Targets): Limiter {
  return {
    limit: (now) => limits.view(now).limit,
    ended(call) {
      const { refused, inFlight, now, startedAt } = call;
      const used = { model: 'm', inFlight, startedAt };
      if (refused) limits.observe({ ended: 'rate-limited' }, used, now);
      else limits.observe({ ended: 'completed', ...signalOf(call) }, used, now);
    },
  };
}
