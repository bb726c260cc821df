import type { TraceReader } from '../persistence/trace-reader';
import type { TailPosition } from './tail-position';

export interface NewRow extends TailPosition {
  readonly at: Date;
}

/** Rows of one look; what is left comes with the next. About 60 bytes each. */
export const MAX_NEW_ROWS = 20_000;
const MICROSECONDS = '(extract(epoch FROM stored_at) * 1000000)::bigint::text';

/** Requests that began so long ago, or so far ahead by a clock that is wrong, are not followed: others partitions need no look. */
const WINDOW = "at >= now() - interval '1 day' AND at < now() + interval '1 day'";

/** `$1`: microseconds since the epoch. */
const NEW_ROWS = `
  SELECT id, at, ${MICROSECONDS} AS "storedAt" FROM request_traces
  WHERE stored_at >= to_timestamp($1::bigint / 1000000.0) AND ${WINDOW}
  ORDER BY stored_at, id LIMIT ${MAX_NEW_ROWS}`;

/** Rows that were stored at this time or later, in the order in which they were. */
export function newRowsSince(reader: TraceReader, storedAt: bigint): Promise<NewRow[]> {
  return reader.read<NewRow>({ text: NEW_ROWS, values: [String(storedAt)] });
}

/** The database's clock, which dates what is stored. In microseconds since the epoch. */
export async function databaseTime(reader: TraceReader): Promise<bigint> {
  const text = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS now';
  const [row] = await reader.read<{ now: string }>({ text, values: [] });
  return BigInt(row?.now ?? '0');
}
