import { phases } from './phases';
import type { Scenario } from './scenario';

/**
 * Paced on purpose: chunks that come one by one are read one by one, as from a real model. Sent at once they would merge in the
 * socket's buffer, the more the slower the server, and the slowest would look best.
 */
export const stream: Scenario = {
  summary: 'streams of 100 chunks, one each 2 ms, distinct requests: CPU per response and time to first byte',
  plan: (options) => ({
    contenders: [
      { label: 'relay', subject: 'relay' },
      { label: 'reference', subject: 'reference' },
    ],
    baseline: 'reference',
    workload: { bodies: 'distinct', stream: true },
    upstream: { chunks: options.chunks, gap: options.gap },
    phases: phases(options, 48, null),
    expectedCache: 'miss',
    goal: { label: 'relay', cpuRatio: 1.3 },
  }),
};
