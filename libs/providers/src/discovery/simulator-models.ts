import type { Discovery } from './discovery.types';

const MODELS = [
  { id: 'sim-small', tier: 'basic' },
  { id: 'sim-medium', tier: 'standard' },
  { id: 'sim-large', tier: 'advanced' },
] as const;

/** What there is when nothing else is: one simulator with a model of each tier, which cost nothing. */
export function simulatorDiscovery(): Discovery {
  return {
    providers: [{ id: 'simulator', kind: 'simulator' }],
    models: MODELS.map(({ id, tier }) => ({
      id,
      tier,
      targets: [{ provider: 'simulator', model: id }],
      price: { inputPerMTok: 0, outputPerMTok: 0 },
    })),
    notes: ['No provider key in the environment: answers come from the built-in simulator, not from a model.'],
  };
}
