import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState, type CSSProperties } from 'react';
import { useShortcuts } from '../../state/shortcuts';
import { useNarrow } from '../use-narrow';
import { nextSort, type Column, type Sort } from './column';
import { DataRow } from './data-row';
import './data-table.css';

const ROW_PX = 33;
const HEAD_PX = 30;
/** Rows drawn beyond the visible ones, on either side. */
const OVERSCAN = 12;
/** More are fetched when so few are left below. */
const NEAR_END_ROWS = 20;

export interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly onOpen?: (row: Row) => void; // click, Enter
  readonly onClose?: () => void; // Escape
  readonly selected?: string | null; // key of the row that is open
  readonly marked?: (row: Row) => boolean; // rows that went wrong
  readonly sort?: Sort | null;
  readonly onSort?: (sort: Sort) => void;
  readonly onNearEnd?: () => void; // fetch the next page
  /** `fill`: as high as its parent, scrolling inside; a number: at most so many rows high. */
  readonly height?: 'fill' | number;
  readonly keys?: boolean; // J, K, Enter, Escape of the whole page; for the main table of a page
}

/** Rows in a grid of which only the visible ones are drawn: ten thousand scroll as ten do. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, height = 'fill', selected, sort = null } = props;
  const narrow = useNarrow();
  const shown = useMemo(() => (narrow ? columns.filter(({ wide }) => !wide) : columns), [narrow, columns]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: HEAD_PX,
  });
  const { active, openRow, keyHandlers } = useActiveRow(props, (index) => virtual.scrollToIndex(index));
  useNearEnd(virtual.range?.endIndex ?? 0, rows.length, props.onNearEnd);
  const tracks = shown.map(({ track }) => track).join(' ');
  const style = { '--tracks': tracks, ...heightOf(height, rows.length) } as CSSProperties;
  return (
    <div
      ref={scroller}
      className={height === 'fill' ? 'data-table' : 'data-table fits'}
      style={style}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onKeyDown={keyHandlers}
    >
      <div role="rowgroup">
        <div className="data-row data-head" role="row" aria-rowindex={1}>
          {shown.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div className="data-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = rowKey(row);
          return (
            <DataRow
              key={key}
              row={row}
              index={index}
              top={start - HEAD_PX}
              columns={shown}
              active={key === active}
              selected={key === selected}
              marked={props.marked?.(row) ?? false}
              onOpen={openRow}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | null;
  readonly onSort: ((sort: Sort) => void) | undefined;
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const sorted = sort?.column === column.id;
  const order = sorted ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    <div role="columnheader" aria-sort={order} className={column.align === 'end' ? 'data-cell end' : 'data-cell'}>
      {column.sortable && onSort ? (
        <button
          type="button"
          className={sorted ? 'sort-button is-sorted' : 'sort-button'}
          onClick={() => onSort(nextSort(sort, column.id))}
        >
          {column.header}
          <span aria-hidden="true">{sorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      ) : (
        column.header
      )}
    </div>
  );
}

/** The row that J and K are on, by its key, since live rows move. It follows what is open. */
function useActiveRow<Row>(props: DataTableProps<Row>, scrollTo: (index: number) => void) {
  const { rows, rowKey, selected, onOpen, onClose, keys = false } = props;
  const [moved, setMoved] = useState<string | null>(null);
  const active = selected ?? moved;
  const latest = useRef(props);
  latest.current = props;
  const openRow = useCallback((row: Row): void => {
    setMoved(latest.current.rowKey(row));
    latest.current.onOpen?.(row);
  }, []);
  const move = (by: number): void => {
    const from = active === null ? -1 : rows.findIndex((row) => rowKey(row) === active);
    const next = Math.max(0, Math.min(rows.length - 1, from + by));
    const row = rows[next];
    if (row === undefined) return;
    setMoved(rowKey(row));
    scrollTo(next);
    if (selected != null) onOpen?.(row);
  };
  const open = (): void => {
    const row = rows.find((one) => rowKey(one) === active);
    if (row !== undefined) onOpen?.(row);
  };
  useShortcuts(
    keys
      ? [
          { keys: 'j', what: 'Next row', run: () => move(1) },
          { keys: 'k', what: 'Row before', run: () => move(-1) },
          { keys: 'Enter', what: 'Open the row', run: open },
          { keys: 'Escape', what: 'Close what is open', run: () => onClose?.() },
        ]
      : [],
  );
  const keyHandlers = (event: { readonly key: string; preventDefault(): void }): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  };
  return { active, openRow: onOpen ? openRow : undefined, keyHandlers };
}

function useNearEnd(last: number, count: number, onNearEnd: (() => void) | undefined): void {
  const near = count > 0 && last >= count - NEAR_END_ROWS;
  useEffect(() => {
    if (near) onNearEnd?.();
  }, [near, count, onNearEnd]);
}

const heightOf = (height: 'fill' | number, rows: number): CSSProperties =>
  height === 'fill' ? { height: '100%' } : { height: HEAD_PX + Math.min(rows, height) * ROW_PX + 3 };
