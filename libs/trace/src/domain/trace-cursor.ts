import { traceIdTime } from '@relay/core';

/** Where a page of traces ended. The id tells its own time, so it is all that pages by time take; others add what they are sorted by. */
export interface TracePosition {
  readonly id: string;
  readonly at: number;
  readonly value?: string; // a decimal
}

const DECIMAL = /^-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?$/i;
/** In no base64url. */
const SEPARATOR = '~';

export function encodeCursor(id: string, value?: string): string {
  const text = Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
  return value === undefined ? text : `${text}${SEPARATOR}${value}`;
}

/** The position a cursor stands for; `undefined` if it is not a cursor of ours. */
export function decodeCursor(cursor: string): TracePosition | undefined {
  const [text = '', value, ...more] = cursor.split(SEPARATOR);
  if (more.length > 0 || (value !== undefined && !DECIMAL.test(value))) return undefined;
  const hex = Buffer.from(text, 'base64url').toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  const at = traceIdTime(id);
  if (at === undefined) return undefined;
  return value === undefined ? { id, at } : { id, at, value };
}
