import { useMemo, useState } from 'react';
import type { Column } from './column';

/** Which columns are shown, remembered in this browser under the table's name. */
export function useColumns<Row>(table: string, columns: readonly Column<Row>[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => stored(table) ?? initial(columns));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
    store(table, next);
  };
  const shown = useMemo(() => columns.filter(({ id }) => chosen.has(id)), [columns, chosen]);
  return { shown, chosen, toggle };
}

const initial = <Row>(columns: readonly Column<Row>[]): ReadonlySet<string> =>
  new Set(columns.filter(({ hidden }) => !hidden).map(({ id }) => id));

const keyOf = (table: string): string => `relay-columns-${table}`;

function stored(table: string): ReadonlySet<string> | null {
  try {
    const text = localStorage.getItem(keyOf(table));
    return text === null ? null : new Set(text.split(','));
  } catch {
    return null;
  }
}

function store(table: string, chosen: ReadonlySet<string>): void {
  try {
    localStorage.setItem(keyOf(table), [...chosen].join(','));
  } catch {
    // storage is switched off: the choice holds until the page is left
  }
}
