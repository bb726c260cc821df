import type { RouteStrategy } from '@relay/contracts';

/** How the policy chooses when the app leaves the choice to it. */
export type AutoVariant = 'policy' | 'cheap' | 'fast' | 'best';

export const AUTO_VARIANTS: ReadonlyMap<string, AutoVariant> = new Map([
  ['auto', 'policy'],
  ['auto:cheap', 'cheap'],
  ['auto:fast', 'fast'],
  ['auto:best', 'best'],
]);

/** The variant that a requested name stands for; `undefined` when the name is a model's own. */
export function autoVariant(requested: string): AutoVariant | undefined {
  return AUTO_VARIANTS.get(requested);
}

/** How each way of asking for `auto` ranks; the plain one leaves it to the policy. */
export const AUTO_STRATEGIES = {
  policy: null,
  cheap: 'cost',
  fast: 'latency',
  best: 'content',
} as const satisfies Record<AutoVariant, RouteStrategy | null>;
