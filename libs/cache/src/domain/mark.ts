/** An invalidation: answers that have all these labels and did not know of it are void. No labels: every answer. */
export interface Mark {
  readonly labels: readonly string[]; // sorted
  /** Order of invalidations; a number above all before. */
  readonly epoch: number;
}
