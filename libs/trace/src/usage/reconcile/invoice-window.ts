import type { ReconcileInvoice } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import type { InvoiceLine } from './read-invoice';

const DAY_MS = 86_400_000;
/** Traces are kept no longer than most of this by anybody who reconciles monthly. */
const MAX_DAYS = 100;

/** Whole days in UTC, ms since the epoch, `to` exclusive. */
export interface InvoiceWindow {
  readonly from: number;
  readonly to: number;
}

/** Invoices are of days: what is asked is rounded out to them. What is not asked is taken from the days of the file. */
export function invoiceWindow(
  { from, to }: Pick<ReconcileInvoice, 'from' | 'to'>,
  lines: readonly InvoiceLine[],
): Result<InvoiceWindow, RelayError> {
  const days = daysOf(lines);
  const start = from === undefined ? days?.first : Date.parse(from);
  const end = to === undefined ? days && days.last + DAY_MS : Date.parse(to);
  if (start === undefined || end === undefined)
    return err(refused('from', 'from: is not given, nor is to, and the file names no days; give both'));
  const window = { from: Math.floor(start / DAY_MS) * DAY_MS, to: Math.ceil(end / DAY_MS) * DAY_MS };
  if (start < end && window.to - window.from <= MAX_DAYS * DAY_MS) return ok(window);
  const found = `${new Date(start).toISOString()} up to ${new Date(end).toISOString()}`;
  return err(refused('from', `from: found ${found}; allowed: from before to, and at most ${MAX_DAYS} days`));
}

/** Those without a day are of any. Error where none is left: nothing would be compared, and nothing would differ. */
export function linesWithin(
  { from, to }: InvoiceWindow,
  lines: readonly InvoiceLine[],
): Result<readonly InvoiceLine[], RelayError> {
  const [first, last] = [isoDay(from), isoDay(to - DAY_MS)];
  const kept = lines.filter(({ day }) => day === null || (day >= first && day <= last));
  const days = daysOf(lines);
  if (kept.length > 0 || days === undefined) return ok(kept);
  const found = `all ${lines.length} lines are of ${isoDay(days.first)} to ${isoDay(days.last)}`;
  return err(refused('csv', `csv: ${found}; none is of the days that are asked for, ${first} to ${last}`));
}

function daysOf(lines: readonly InvoiceLine[]): { readonly first: number; readonly last: number } | undefined {
  let [first, last] = ['', ''];
  for (const { day } of lines) {
    if (day === null) continue;
    if (first === '' || day < first) first = day;
    if (day > last) last = day;
  }
  return first === '' ? undefined : { first: Date.parse(first), last: Date.parse(last) };
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

const refused = (param: string, message: string): RelayError =>
  new RelayError('invalid_request', `${message}.`, { param });
