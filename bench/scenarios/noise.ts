import { passthrough } from './passthrough';
import type { Scenario } from './scenario';
import { stream } from './stream';

/** The same scenario with two references as contenders. */
const againstItself = (scenario: Scenario): Scenario['plan'] => {
  return (options) => ({
    ...scenario.plan(options),
    contenders: [
      { label: 'reference-a', subject: 'reference' },
      { label: 'reference-b', subject: 'reference' },
    ],
    baseline: 'reference-b',
    expectedCache: null,
    goal: null,
  });
};

export const noise: Scenario = {
  summary:
    'passthrough with the reference against itself: how far from 1.00 a ratio is by chance on this machine today',
  plan: againstItself(passthrough),
};

export const noiseStream: Scenario = {
  summary: 'stream with the reference against itself',
  plan: againstItself(stream),
};
