import type { Reading } from './reading';

/** Stable names: they stand in traces and metrics. */
export type GuardName =
  | 'numbers'
  | 'dates'
  | 'versions'
  | 'literals' // links, file names, codes, operators, quotations
  | 'entities'
  | 'negation'
  | 'antonyms'
  | 'direction'
  | 'substitution';

/** Two texts that contradict each other in a fact of one kind; what each says of it, '' if nothing. */
export interface GuardViolation {
  readonly guard: GuardName;
  readonly asked: string;
  readonly stored: string;
}

/** What one side says that the other does not; null where they agree. */
export type Contradiction = Omit<GuardViolation, 'guard'>;

/** Looks for one kind of contradiction. Linear in the texts. */
export type Guard = (asked: Reading, stored: Reading) => Contradiction | null;
