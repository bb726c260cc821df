import { phases } from './phases';
import type { Scenario } from './scenario';

export const noise: Scenario = {
  summary: 'the reference against itself: how far from 1.00 a ratio may be by chance on this machine today',
  plan: (options) => ({
    contenders: [
      { label: 'reference-a', subject: 'reference' },
      { label: 'reference-b', subject: 'reference' },
    ],
    baseline: 'reference-b',
    workload: { bodies: 'distinct', stream: false },
    upstream: {},
    phases: phases(options, 32, 1_000),
    expectedCache: null,
    goal: null,
  }),
};
