import type { ServiceLevel } from '@relay/contracts';

/**
 * How long requests of a level let later ones of the levels above pass, in ms: among the requests of one tenant the next is the one with the
 * earliest arrival, put off by this. So levels age: nothing is passed for longer.
 */
export const YIELDS_MS = {
  interactive: 0,
  standard: 10_000,
  batch: 120_000,
} as const satisfies Record<ServiceLevel, number>;

export const LEVELS = ['interactive', 'standard', 'batch'] as const satisfies readonly ServiceLevel[];

/** When a waiting request is due among those of its tenant: the earlier goes first. Monotonic ms. */
export const dueAt = ({ since, level }: { readonly since: number; readonly level: ServiceLevel }): number =>
  since + YIELDS_MS[level];
