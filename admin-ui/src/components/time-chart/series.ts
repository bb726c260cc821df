export interface Series {
  readonly id: string;
  readonly label: string;
  readonly color: string; // a token: var(--series-1)
  readonly kind: 'bar' | 'line';
  readonly dashed?: boolean; // of a line: what is only expected
  readonly values: readonly (number | null)[]; // one for each time
}

/** Colours for groups in the order of their size; the last one is for the rest. */
export const SERIES_COLORS = [
  'var(--series-1)',
  'var(--series-2)',
  'var(--series-3)',
  'var(--series-4)',
  'var(--series-6)',
  'var(--series-5)',
] as const;
