export interface Series {
  readonly id: string;
  readonly label: string;
  readonly color: string; // a token: var(--series-1)
  readonly kind: 'bar' | 'line';
  readonly dashed?: boolean; // of a line: what is only expected
  readonly values: readonly (number | null)[]; // one for each time
}
