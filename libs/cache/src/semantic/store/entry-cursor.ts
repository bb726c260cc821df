import { isUuid, RelayError } from '@relay/core';

/** Where the next page begins: below this id. Ids sort by time. */
export const encodeCursor = (id: string): string => Buffer.from(id).toString('base64url');

/** Throws `invalid_request` for what is no cursor of the list. */
export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (isUuid(id)) return id;
  throw new RelayError('invalid_request', 'The cursor is not valid.', { param: 'cursor' });
}
