import { err, ok, RelayError, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { idOf } from './items';

const DEFAULT_ITEMS = 20;
const MAX_ITEMS = 100;

/** As the query of `GET /v1/responses/{id}/input_items` has it: texts, names in lower case. */
export type PageQuery = Readonly<Record<string, unknown>>;

/** A page of items, given oldest first. Errors: `invalid_request`, with the parameter as `param`. */
export function pageOf(items: readonly JsonObject[], query: PageQuery): Result<JsonObject, RelayError> {
  const order = query['order'] ?? 'desc';
  if (order !== 'asc' && order !== 'desc') return refuse('order', 'expected asc or desc.');
  const limit = Number(query['limit'] ?? DEFAULT_ITEMS);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ITEMS)
    return refuse('limit', `expected a whole number from 1 to ${MAX_ITEMS}.`);
  const ordered = order === 'asc' ? items : items.toReversed();
  const { after } = query;
  const last = after === undefined ? -1 : ordered.findIndex((item) => idOf(item) === after);
  if (after !== undefined && last === -1) return refuse('after', 'there is no such item.');
  const data = ordered.slice(last + 1, last + 1 + limit);
  return ok({
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: last + 1 + limit < ordered.length,
  });
}

function refuse(param: string, what: string): Result<never, RelayError> {
  return err(new RelayError('invalid_request', `${param}: ${what}`, { param }));
}
