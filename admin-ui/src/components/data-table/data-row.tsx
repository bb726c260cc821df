import { memo, useEffect, useRef } from 'react';
import type { Column } from './column';

interface DataRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly top: number; // px, below the head
  readonly columns: readonly Column<Row>[];
  readonly active: boolean;
  readonly selected: boolean;
  readonly marked: boolean;
  readonly onOpen: ((row: Row) => void) | undefined;
}

function Row<Row>({ row, index, top, columns, active, selected, marked, onOpen }: DataRowProps<Row>) {
  const classes = ['data-row'];
  if (onOpen) classes.push('can-open');
  if (active) classes.push('is-active');
  if (selected) classes.push('is-selected');
  if (marked) classes.push('is-marked');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active && box.current) focusQuietly(box.current);
  }, [active]);
  return (
    <div
      ref={box}
      tabIndex={-1}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={onOpen ? selected : undefined}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!opensElsewhere(event)) onOpen?.(row);
      }}
    >
      {columns.map((column) => (
        <div key={column.id} role="cell" className={column.align === 'end' ? 'data-cell end' : 'data-cell'}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Drawn anew only when something of it changes: while scrolling, only rows that come into sight. */
export const DataRow = memo(Row) as typeof Row;

/** So that screen readers tell the row that J and K came to; nobody who is elsewhere on the page is fetched away from there. */
function focusQuietly(row: HTMLElement): void {
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body || row.closest('[role="table"]')?.contains(activeElement))
    row.focus({ preventScroll: true });
}

/** Links and buttons inside a row do what they do themselves, and text may be selected without opening anything. */
function opensElsewhere(event: { readonly target: EventTarget; readonly defaultPrevented: boolean }): boolean {
  if (event.defaultPrevented) return true;
  if (event.target instanceof Element && event.target.closest('a, button, input, label')) return true;
  return (window.getSelection()?.toString() ?? '') !== '';
}
