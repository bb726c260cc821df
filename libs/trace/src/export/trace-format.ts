import type { TraceRow } from '@relay/contracts';
import type { RelayError } from '@relay/core';
import { stringify } from 'csv-stringify/sync';
import { EXPORT_COLUMNS, exported } from './export-columns';

/** How rows are written down. */
export interface TraceFormat {
  readonly mediaType: string;
  readonly extension: string;
  head(): string;
  rows(rows: readonly TraceRow[]): string;
  /** The last line of an export that breaks off. */
  failure(error: RelayError): string;
}

/** RFC 4180, with a header; lists are joined by spaces. What a spreadsheet would take for a formula has a quote before it. */
const csv: TraceFormat = {
  mediaType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  head: () => csvLines([EXPORT_COLUMNS]),
  rows: (rows) => csvLines(rows.map((row) => Object.values(exported(row)).map(cell))),
  failure: (error) => csvLines([[`error: this export is incomplete: ${error.message}`]]),
};

const jsonl: TraceFormat = {
  mediaType: 'application/jsonl; charset=utf-8',
  extension: 'jsonl',
  head: () => '',
  rows: (rows) => rows.map((row) => `${JSON.stringify(exported(row))}\n`).join(''),
  failure: (error) => `${JSON.stringify(error.toBody())}\n`,
};

export const TRACE_FORMATS = { csv, jsonl } as const satisfies Record<string, TraceFormat>;

function csvLines(lines: readonly (readonly unknown[])[]): string {
  return stringify(
    [...lines].map((line) => [...line]),
    { escape_formulas: true, record_delimiter: 'windows' },
  );
}

function cell(value: unknown): unknown {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'boolean' ? String(value) : value;
}
