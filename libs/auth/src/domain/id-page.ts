import { RelayError } from '@relay/core';

interface Identified {
  readonly id: string;
}

export interface IdPage<T> {
  data: T[];
  nextCursor: string | null;
}

/** The id after which a page begins; '' for the first. A cursor is opaque to clients: the last id, in base64url. */
export function idAfter(cursor: string | undefined): string | RelayError {
  if (cursor === undefined) return '';
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (id !== '' && encode(id) === cursor) return id;
  return new RelayError(
    'invalid_request',
    'cursor: not a cursor of this list; allowed: the nextCursor of a page before',
    {
      param: 'cursor',
    },
  );
}

/** One page in order of ids (by code unit) of items of any order, all of which come after the cursor. */
export function idPage<T extends Identified>(items: readonly T[], limit: number): IdPage<T> {
  const sorted = [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
  const data = sorted.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: last !== undefined && sorted.length > limit ? encode(last.id) : null };
}

function encode(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}
