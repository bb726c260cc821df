import { ShortLongThreshold } from '@relay/scheduler';

/** A way to say which requests are long: those from a predicted cost on. */
export interface Border {
  readonly name: string;
  readonly tokens: number; // weighted
}

export const NOTHING = 'nothing';
export const LEARNED = 'learned';

/** For requests of these predicted costs, in the order in which they come. */
export function bordersOf(costs: readonly number[]): Border[] {
  const ascending = [...costs].sort((a, b) => a - b);
  const learned = new ShortLongThreshold();
  for (const cost of costs) learned.observe(cost, 0);
  return [
    { name: NOTHING, tokens: Number.MAX_SAFE_INTEGER },
    { name: 'half of the work', tokens: costFrom(ascending, 0.5) },
    { name: 'three quarters of the work', tokens: costFrom(ascending, 0.75) },
    { name: 'half of the requests', tokens: ascending[Math.floor(costs.length / 2)] ?? 0 },
    { name: LEARNED, tokens: learned.tokens },
  ];
}

/** The cost from which on requests carry `share` of all. */
export function costFrom(ascending: readonly number[], share: number): number {
  const wanted = share * ascending.reduce((sum, cost) => sum + cost, 0);
  let carried = 0;
  for (const cost of ascending.toReversed()) {
    carried += cost;
    if (carried >= wanted) return cost;
  }
  return 0;
}
