import type { Strategy } from './strategy';

const SECOND_MS = 1_000;

/** The target that is expected to be done first: P90 of its TTFT + expected tokens x P90 of its TPOT. */
export const latency: Strategy = {
  describe: () => 'latency: the shortest expected time to the last token first',
  score: ({ latencyMs }) => 1 / (1 + latencyMs / SECOND_MS),
};
