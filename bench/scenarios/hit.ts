import { phases } from './phases';
import type { Scenario } from './scenario';

export const hit: Scenario = {
  summary:
    'exact cache hits from memory: the same request again and again, against the reference that passes each one on',
  plan: (options) => ({
    contenders: [
      { label: 'relay', subject: 'relay' },
      { label: 'reference', subject: 'reference' },
    ],
    baseline: 'reference',
    workload: { bodies: 'same', stream: false },
    upstream: {},
    phases: phases(options, 32, 1_000),
    expectedCache: 'exact-l1',
    goal: { label: 'relay', cpuRatio: 0.8 },
  }),
};
