import type { TraceTailFilter } from '@relay/contracts';
import { SqlValues } from '../persistence/sql-query';
import { allOf, conditionsOf, searchConditions } from '../persistence/trace-conditions';
import type { TraceReader } from '../persistence/trace-reader';
import type { TailPosition } from './tail-position';

export interface NewRow extends TailPosition {
  readonly at: Date;
  readonly tenant: string | null;
}

/** Rows of one look; what is left comes with the next. About 60 bytes each. */
export const MAX_NEW_ROWS = 20_000;
const DAY_MS = 86_400_000;
const MICROSECONDS = '(extract(epoch FROM stored_at) * 1000000)::bigint::text';

const COLUMNS = `id, at, tenant, ${MICROSECONDS} AS "storedAt"`;

/** Requests that began so long ago, or so far ahead by a clock that is wrong, are not followed: others partitions need no look. */
const WINDOW = "trace.at >= now() - interval '1 day' AND trace.at < now() + interval '1 day'";

/** `$1`: microseconds since the epoch. */
const NEW_ROWS = `
  SELECT ${COLUMNS} FROM request_traces trace
  WHERE stored_at >= to_timestamp($1::bigint / 1000000.0) AND ${WINDOW}
  ORDER BY stored_at, id LIMIT ${MAX_NEW_ROWS}`;

/** Rows that were stored at this time or later, in the order in which they were. */
export function newRowsSince(reader: TraceReader, storedAt: bigint): Promise<NewRow[]> {
  return reader.read<NewRow>({ text: NEW_ROWS, values: [String(storedAt)] });
}

/** What somebody who comes back wants of the rows that were stored after a position. */
export interface Return {
  readonly filter: TraceTailFilter;
  readonly tenantScope: string | null;
  readonly position: TailPosition;
  readonly oldest: bigint; // no rows from before, in microseconds since the epoch
}

/** Those that are wanted, newest first; at most `MAX_NEW_ROWS`. */
export function newestSince(reader: TraceReader, { filter, tenantScope, position, oldest }: Return): Promise<NewRow[]> {
  const { values, bind } = new SqlValues();
  const time = (microseconds: bigint | string): string =>
    `to_timestamp(${bind(String(microseconds))}::bigint / 1000000.0)`;
  const range = { from: new Date(Number(oldest / 1_000n) - DAY_MS).toISOString() };
  const all = { ...filter, ...range };
  const where = allOf({ ...conditionsOf(all, tenantScope, bind), ...searchConditions(all, tenantScope, bind) });
  const text = `
    SELECT ${COLUMNS} FROM request_traces trace
    WHERE stored_at >= ${time(oldest)} AND (stored_at, id) > (${time(position.storedAt)}, ${bind(position.id)}::uuid)
      AND ${WINDOW} AND ${where}
    ORDER BY stored_at DESC, id DESC LIMIT ${MAX_NEW_ROWS}`;
  return reader.read<NewRow>({ text, values });
}

/** The database's clock, which dates what is stored. In microseconds since the epoch. */
export async function databaseTime(reader: TraceReader): Promise<bigint> {
  const text = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS now';
  const [row] = await reader.read<{ now: string }>({ text, values: [] });
  return BigInt(row?.now ?? '0');
}
