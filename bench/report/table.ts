import type { Row } from './summary';

const COLUMNS: readonly { readonly title: string; readonly cell: (row: Row) => string }[] = [
  { title: '', cell: (row) => row.label },
  { title: 'requests/s', cell: (row) => fixed(row.requestsPerSecond, 0) },
  { title: 'P50 ms', cell: (row) => fixed(row.p50Ms, 2) },
  { title: 'P99 ms', cell: (row) => fixed(row.p99Ms, 2) },
  { title: '1st byte P50 ms', cell: (row) => fixed(row.firstByteP50Ms, 2) },
  { title: 'CPU µs/request', cell: (row) => fixed(row.cpuUs, 1) },
  { title: 'of it main thread', cell: (row) => fixed(row.mainCpuUs, 1) },
  { title: 'cores busy', cell: (row) => fixed(row.busyCores, 2) },
  { title: 'others', cell: (row) => fixed(row.otherCores, 2) },
  { title: 'RSS MB', cell: (row) => fixed(row.rssMb, 0) },
  { title: 'requests', cell: (row) => String(row.requests) },
  { title: 'errors', cell: (row) => String(row.errors) },
];

const fixed = (value: number, digits: number): string => (Number.isNaN(value) ? '-' : value.toFixed(digits));

/** A table in Markdown whose source reads well too: cells padded to their column, figures to the right. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const [head = [], ...body] = cells;
  const widths = head.map((_, column) => Math.max(3, ...cells.map((line) => (line[column] ?? '').length)));
  const line = (texts: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (texts[column] ?? '').padEnd(width) : (texts[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

export const rowsTable = (rows: readonly Row[]): string => markdownTable(rowCells(rows));

/** Head first. */
export const rowCells = (rows: readonly Row[]): string[][] => [
  COLUMNS.map((column) => column.title),
  ...rows.map((row) => COLUMNS.map((column) => column.cell(row))),
];
