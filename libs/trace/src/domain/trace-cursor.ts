import { traceIdTime } from '@relay/core';

/** Where a page of traces ended: pages run newest first and the id tells its own time, so the id is all it takes. */
export function encodeCursor(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The id and time a cursor stands for; `undefined` if it is not a cursor of ours. */
export function decodeCursor(cursor: string): { readonly id: string; readonly at: number } | undefined {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  const at = traceIdTime(id);
  return at === undefined ? undefined : { id, at };
}
