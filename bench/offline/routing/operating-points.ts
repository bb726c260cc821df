import type { PlanPatch } from '@relay/contracts';

/** One way to run the relay: what a policy says about the route. */
export type OperatingPoint = Pick<NonNullable<PlanPatch['route']>, 'strategy' | 'weights' | 'qualityFloor'>;

/** Weights of cost: score that a USD for 1,000 requests must be worth. From nearly any price to nearly price alone. */
const COST_WEIGHTS = [0, ...Array.from({ length: 25 }, (_, i) => 0.01 * 10 ** (i / 8))];
const FLOORS = Array.from({ length: 16 }, (_, i) => (20 + 5 * i) / 100);

/** Best expected quality at any price. */
export const BEST: OperatingPoint = { strategy: 'content' };

/** Strategies with a knob, each at all its positions. Latency and load are not in the data. */
export const SWEEPS = {
  hybrid: COST_WEIGHTS.map((cost) => ({ strategy: 'hybrid', weights: { quality: 1, cost, latency: 0, load: 0 } })),
  cost: FLOORS.map((qualityFloor) => ({ strategy: 'cost', qualityFloor })),
} as const satisfies Record<string, readonly OperatingPoint[]>;

export type SweepName = keyof typeof SWEEPS;
