import type { DataSource } from 'typeorm';

/** Tables partitioned by UTC day. Each has daily partitions named `<table>_YYYYMMDD`. */
const PARTITIONED_TABLES = ['request_traces', 'request_payloads'] as const;

const DAY_MS = 86_400_000;
const MAX_DAYS = 400;
/** Processes that prepare or drop partitions at the same time take turns on this advisory lock ("PART" in ASCII). */
const ADVISORY_LOCK = 0x50415254;
/** Longest wait for traffic on a table, and everybody waits behind who waits; it is needed for an instant. */
const LOCK_TIMEOUT_MS = 2_000;
const DROP_ATTEMPTS = 3;

const startOfDay = (at: Date | number): number => Math.floor(Number(at) / DAY_MS) * DAY_MS;
const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);
const suffix = (at: number): string => isoDay(at).replaceAll('-', '');

function inTurn(statements: readonly string[]): string {
  // One text without parameters is one transaction in the simple protocol: all or nothing, in one round trip.
  return [
    `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
    `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`,
    ...statements,
  ].join(';\n');
}

/**
 * Makes sure that the UTC day of `from` (a Date, or ms since the epoch) and the `days - 1` days after it can take rows.
 * Safe to repeat and to run in several processes at once. One table after the other: a new day locks its table for everybody, and
 * statements that read or write several of these tables lock them in whatever order they name them.
 */
export async function ensureDailyPartitions(dataSource: DataSource, from: Date | number, days: number): Promise<void> {
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
    throw new RangeError(`days must be 1..${MAX_DAYS}, found ${days}`);
  const first = startOfDay(from);
  const wanted = Array.from({ length: days }, (_, n) => first + n * DAY_MS);
  for (const table of PARTITIONED_TABLES)
    await dataSource.query(inTurn(wanted.map((day) => createPartition(table, day))));
}

function createPartition(table: PartitionedTable, day: number): string {
  const range = `FROM ('${isoDay(day)} 00:00:00+00') TO ('${isoDay(day + DAY_MS)} 00:00:00+00')`;
  return `CREATE TABLE IF NOT EXISTS ${table}_${suffix(day)} PARTITION OF ${table} FOR VALUES ${range}`;
}

export type PartitionedTable = (typeof PARTITIONED_TABLES)[number];

/**
 * Drops every daily partition, of all tables or these, of days before the UTC day of `day`; returns the names of the dropped tables. One
 * at a time: a table is locked for an instant only, and a partition that long questions hold is left for the next round, rather than
 * all traffic made to wait behind this.
 */
export async function dropPartitionsBefore(
  dataSource: DataSource,
  day: Date | number,
  tables: readonly PartitionedTable[] = PARTITIONED_TABLES,
): Promise<string[]> {
  // Also those that were taken off their table and then not dropped.
  const rows: { name: string }[] = await dataSource.query(
    `SELECT relname AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
        AND relname ~ '^(${tables.join('|')})_[0-9]{8}$' AND right(relname, 8) < $1
      ORDER BY 1`,
    [suffix(startOfDay(day))],
  );
  const dropped: string[] = [];
  for (const { name } of rows) if (await dropPartition(dataSource, name)) dropped.push(name);
  return dropped;
}

/** False if it is in use for so long that it stays. */
async function dropPartition(dataSource: DataSource, name: string): Promise<boolean> {
  for (let attempt = 1; attempt <= DROP_ATTEMPTS; attempt++) {
    try {
      // Taken off first: nobody finds it after that, and the drop waits only for those who read it already.
      await dataSource.query(inTurn([detach(name)]));
      await dataSource.query(inTurn([`DROP TABLE IF EXISTS ${name}`]));
      return true;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
    }
  }
  return false;
}

/** Of no effect where that was done before. */
function detach(name: string): string {
  return `DO $$ DECLARE parent regclass;
  BEGIN
    SELECT inhparent INTO parent FROM pg_inherits WHERE inhrelid = to_regclass('${name}');
    IF parent IS NOT NULL THEN EXECUTE format('ALTER TABLE %s DETACH PARTITION ${name}', parent); END IF;
  END $$`;
}

/** SQLSTATE of a lock that was not had in time. */
const isLockTimeout = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '55P03';
