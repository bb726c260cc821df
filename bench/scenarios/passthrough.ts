import { phases } from './phases';
import type { Scenario } from './scenario';

export const passthrough: Scenario = {
  summary: 'cache misses: distinct 1 kB requests, 1 kB JSON replies, relay against reference',
  plan: (options) => ({
    contenders: [
      { label: 'relay', subject: 'relay' },
      { label: 'reference', subject: 'reference' },
    ],
    baseline: 'reference',
    workload: { bodies: 'distinct', stream: false },
    upstream: {},
    phases: phases(options, 32, 1_000),
    expectedCache: 'miss',
    goal: { label: 'relay', cpuRatio: 1.6 },
  }),
};
