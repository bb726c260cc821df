import { type SqlQuery, SqlValues } from './sql-query';

const COLUMNS = ['model', 'served_model'] as const;
type Column = (typeof COLUMNS)[number];
/** Distinct names of a column that are looked through. Apps may ask for any number of models that are not there. */
const MAX_NAMES = 200;

const DAY_MS = 86_400_000;

/** Names of models that a text is part of. */
export type FoundNames = Readonly<Record<Column, readonly string[]>>;

export interface NameRow {
  readonly name: Column;
  readonly value: string | null;
  readonly whole: boolean; // all names were looked through
}

/**
 * The names of each column that a text is part of, in any case. They are leapt through in the index of each day, from one name to the next,
 * so that it takes as long as there are names, not as there are traces; of whole days, which have all of their names.
 */
export function namesQuery(text: string, { from, to }: { readonly from?: number; readonly to?: number }): SqlQuery {
  const { values, bind } = new SqlValues();
  const day = (time: number): string => `${bind(new Date(time * DAY_MS))}::timestamptz`;
  const range = [
    ...(from === undefined ? [] : [` AND at >= ${day(Math.floor(from / DAY_MS))}`]),
    ...(to === undefined ? [] : [` AND at < ${day(Math.ceil(to / DAY_MS))}`]),
  ].join('');
  const pattern = bind(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
  const looks = COLUMNS.map(
    (column) => `(
    WITH RECURSIVE leap(value, nth) AS (
      (SELECT ${column}, 1 FROM request_traces WHERE ${column} IS NOT NULL${range} ORDER BY ${column} LIMIT 1)
      UNION ALL
      SELECT (SELECT ${column} FROM request_traces WHERE ${column} > leap.value${range} ORDER BY ${column} LIMIT 1), nth + 1
      FROM leap WHERE leap.value IS NOT NULL AND nth < ${MAX_NAMES}
    )
    SELECT '${column}' AS name, value, (SELECT bool_or(value IS NULL) OR count(*) = 0 FROM leap) AS whole FROM leap
    WHERE value ILIKE ${pattern} OR value IS NULL OR nth = ${MAX_NAMES})`,
  );
  return { text: looks.join(' UNION ALL '), values };
}

/** Null: there are too many names. */
export function foundNames(rows: readonly NameRow[]): FoundNames | null {
  if (rows.some(({ whole }) => !whole)) return null;
  const of = (column: Column): string[] =>
    rows.flatMap(({ name, value }) => (name === column && value !== null ? [value] : []));
  return { model: of('model'), served_model: of('served_model') };
}
