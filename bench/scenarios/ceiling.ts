import { phases } from './phases';
import type { Scenario } from './scenario';

export const ceiling: Scenario = {
  summary: 'load generator and mock upstream alone on their core: what the harness can measure at most',
  plan: (options) => ({
    contenders: [{ label: 'direct', subject: 'direct' }],
    baseline: 'direct',
    workload: { bodies: 'distinct', stream: false },
    upstream: {},
    phases: phases(options, 32, null),
    expectedCache: null,
    goal: null,
  }),
};
