import { RelayError } from '@relay/core';
import type { QueueRules } from './queue-dispatcher';

/** Weight of the newest call in the running mean. */
const SMOOTHING = 0.05;

/** The plainest admission: who would wait so long, by the mean of the calls before, that an average call ends past its deadline is refused. */
export function byMeanWait(): QueueRules {
  let meanMs = 0;
  return {
    onServed: (ms) => void (meanMs = meanMs === 0 ? ms : meanMs + SMOOTHING * (ms - meanMs)),
    admits: ({ atMs, deadlineAtMs }, waiting, slots) => {
      const waitMs = (waiting * meanMs) / slots;
      if (waitMs === 0 || atMs + waitMs + meanMs <= deadlineAtMs) return null;
      return new RelayError('overloaded', 'Too late.', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
    },
  };
}
