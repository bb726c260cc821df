import type { ProviderBatch } from '@relay/batches';
import type { HandedResult } from '@relay/providers';

/** What the provider says of a line that is no answer: another call may do better. */
const COME_AGAIN: ReadonlySet<number> = new Set([401, 402, 403, 408, 409, 425, 429]);
const [FIRST_STATUS, SERVER_FAULT] = [100, 500];
/** As the database has them. */
const MAX_INDEX = 2 ** 31 - 1;

export type Answer = Omit<HandedResult, 'id'> & { readonly index: number };

/** What the provider knows a batch by: it says nothing of tenants. */
export const refOf = ({ id }: ProviderBatch): string => id.replaceAll('-', '');

/** Null where another call may do better, where it is no line of this batch, or makes no sense. */
export function answerIn(result: HandedResult | null, ref: string): Answer | null {
  if (result === null || COME_AGAIN.has(result.status)) return null;
  if (!Number.isInteger(result.status) || result.status < FIRST_STATUS || result.status >= SERVER_FAULT) return null;
  const [of, index = ''] = result.id.split('-');
  if (of !== ref || !/^\d{1,10}$/.test(index) || Number(index) > MAX_INDEX) return null;
  return { index: Number(index), status: result.status, body: result.body };
}
