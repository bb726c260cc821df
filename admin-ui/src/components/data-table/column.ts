import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly track: string; // of the grid: `92px`, `minmax(120px, 1fr)`
  readonly align?: 'end';
  readonly sortable?: boolean;
  readonly hidden?: boolean; // at first; the column chooser shows it
  readonly wide?: boolean; // not on a phone
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** The other direction of the same column; another column begins with the largest. */
export const nextSort = (sort: Sort | null, column: string): Sort => ({
  column,
  descending: sort?.column === column ? !sort.descending : true,
});

/** Rows in the order of what `valueOf` gives; rows without a value at the end. */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: Sort | null,
  valueOf: (row: Row, column: string) => string | number | null,
): readonly Row[] {
  if (!sort) return rows;
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [a, b] = [valueOf(left, sort.column), valueOf(right, sort.column)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return a === b ? 0 : (a < b ? -1 : 1) * sign;
  });
}
