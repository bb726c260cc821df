export interface SqlQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Collects the values of a statement; `bind` gives the place that stands for one in its text. */
export class SqlValues {
  readonly values: unknown[] = [];
  readonly bind = (value: unknown): string => `$${this.values.push(value)}`;
}
