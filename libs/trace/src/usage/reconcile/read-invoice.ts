import type { ReconcileInvoice } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { parse } from 'csv-parse/sync';
import { parseUsd } from './exact-usd';
import { type InvoiceColumn, type InvoiceShape, shapeOf } from './invoice-shape';

const MAX_LINES = 500_000;
const MAX_LINE_CHARS = 100_000;
const MS_PER_SECOND = 1_000;
/** Of a name or figure, as a message shows it. */
const SHOWN_CHARS = 40;

export interface InvoiceLine {
  readonly day: string | null; // 2026-11-22
  readonly model: string | null;
  readonly requests: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly usd: bigint; // 1e-18 USD
}

export interface Invoice {
  readonly shape: InvoiceShape;
  readonly lines: readonly InvoiceLine[];
}

type Parsed = readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];

/** Error: `invalid_request`, with the line and the column that cannot be read. */
export function readInvoice({ csv, columns, currency, groupBy }: ReconcileInvoice): Result<Invoice, RelayError> {
  let rows: Parsed;
  try {
    rows = parse(csv, {
      ...{ bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true, to: MAX_LINES + 2 },
      ...{ delimiter: delimiterOf(csv), max_record_size: MAX_LINE_CHARS },
    }) as unknown as Parsed;
  } catch (error) {
    return err(refused(`is no CSV: ${error instanceof Error ? error.message : String(error)}`));
  }
  const [head, ...body] = rows;
  if (head === undefined || body.length === 0) return err(refused('has no line below its head'));
  if (body.length > MAX_LINES) return err(refused(`has more than ${MAX_LINES} lines; give it in parts`));
  const shape = shapeOf(head.record, columns);
  if ('missing' in shape) return err(noColumn(shape.missing, head.record));
  for (const needed of needs(groupBy)) {
    if (!shape.places.has(needed))
      return err(refused(`has no column for "${needed}" that is known; name it in columns.${needed}`));
  }
  const lines: InvoiceLine[] = [];
  for (const { record, info } of body) {
    const line = readLine(record, shape, currency);
    if ('wrong' in line) return err(refused(`line ${info.lines}: ${line.wrong}`));
    lines.push(line);
  }
  return ok({ shape, lines });
}

function needs(groupBy: ReconcileInvoice['groupBy']): InvoiceColumn[] {
  const parts: InvoiceColumn[] = ['usd'];
  if (groupBy.includes('day')) parts.push('day');
  return groupBy.includes('model') ? [...parts, 'model'] : parts;
}

function readLine(
  record: readonly string[],
  { places }: InvoiceShape,
  currency: string,
): InvoiceLine | { readonly wrong: string } {
  const cell = (column: InvoiceColumn): string => record[places.get(column)?.place ?? -1] ?? '';
  const wrong = (column: InvoiceColumn, allowed: string) => ({
    wrong: `${places.get(column)?.name ?? column} is "${cell(column).slice(0, SHOWN_CHARS)}"; allowed: ${allowed}`,
  });
  const usd = parseUsd(cell('usd'));
  if (usd === null) return wrong('usd', 'an amount such as 1,234.50 or -0.003, no formula');
  const told = cell('currency');
  if (told !== '' && told.toUpperCase() !== currency.toUpperCase()) return wrong('currency', currency.toUpperCase());
  const day = places.has('day') ? dayOf(cell('day')) : null;
  if (places.has('day') && day === null) return wrong('day', 'a time such as 2026-11-22, or seconds since 1970');
  const counts: Record<'requests' | 'inputTokens' | 'outputTokens', number | null> = {
    ...{ requests: null, inputTokens: null, outputTokens: null },
  };
  for (const column of ['requests', 'inputTokens', 'outputTokens'] as const) {
    const text = cell(column).replaceAll(',', '');
    if (text === '') continue;
    if (!/^\d{1,15}(\.0*)?$/.test(text)) return wrong(column, 'a whole number that is not negative');
    counts[column] = Number(text);
  }
  return { day, model: places.has('model') ? modelOf(cell('model')) : null, ...counts, usd };
}

/** Line items of OpenAI are `<model>, input` and the like. */
const modelOf = (text: string): string => (text.split(', ')[0] ?? text).trim().toLowerCase();

function dayOf(text: string): string | null {
  if (/^\d{10}$/.test(text)) return new Date(Number(text) * MS_PER_SECOND).toISOString().slice(0, 10);
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? [];
  if (year === undefined || Number.isNaN(Date.parse(`${year}-${month}-${day}T00:00:00Z`))) return null;
  const hasOffset = /T.*[+-]\d{2}:?\d{2}$/.test(text);
  return hasOffset ? new Date(text).toISOString().slice(0, 10) : `${year}-${month}-${day}`;
}

/** What the head has most of. */
function delimiterOf(csv: string): string {
  const head = csv.slice(0, csv.indexOf('\n') + 1 || csv.length);
  const count = (sign: string): number => head.split(sign).length;
  return [';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',');
}

const noColumn = (name: string, head: readonly string[]): RelayError => {
  const known = head.map((each) => each.slice(0, SHOWN_CHARS)).join(', ');
  return new RelayError('invalid_request', `columns: there is no column "${name}"; the file has ${known}.`, {
    param: 'columns',
  });
};

const refused = (what: string): RelayError => new RelayError('invalid_request', `csv: ${what}.`, { param: 'csv' });
