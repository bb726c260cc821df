/** Sum and weight of scores from 0 (useless) to 1 (right). */
export interface Evidence {
  readonly weight: number;
  readonly sum: number;
}

/** Evidence by `evidenceKey`: of a tenant as a whole, and of one of its users. */
export interface EvidenceOf {
  readonly tenant: ReadonlyMap<string, Evidence>;
  readonly user: ReadonlyMap<string, Evidence>;
}

/** `task` is empty for what was never classified. */
export const evidenceKey = (task: string, model: string): string => `${task} ${model}`;

/** A score of feedback, -1 to 1, as a share of what could be had, 0 to 1. */
export const shareOf = (score: number): number => (score + 1) / 2;
