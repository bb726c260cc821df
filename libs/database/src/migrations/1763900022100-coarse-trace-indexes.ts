import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expressions that trace-queries.ts sorts and bounds by in the same words. */
const INDEXES = {
  // The dearest: buckets of 2%. An index of the costs themselves would take 30 bytes a row.
  request_traces_cost: '((ceil(ln(greatest(cost_usd, 1e-12)::float8) * 50)::int2)) WHERE cost_usd > 0',
  // The newest of a tenant: by (tenant, at) it took 71 bytes a row, in pages that were half empty.
  request_traces_tenant: `(tenant, (date_bin('10 minutes', at, '2000-01-01 00:00:00+00'::timestamptz)))`,
} as const;
/** Longest wait for traffic on the table: whoever asks of it waits behind this one. */
const LOCK_TIMEOUT_MS = 5_000;
const REPLACED = 'request_traces_tenant_at';

/**
 * Indexes of few values, which Postgres keeps as lists of rows (7 to 9 bytes a row). Built day by day, in a transaction of its own each, so that
 * traces wait in the spool for one day's index at most; not with CONCURRENTLY, which would wait for other processes that wait for these
 * migrations. Safe to repeat where it broke off.
 */
export class CoarseTraceIndexes1763900022100 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(INDEXES)) await buildByDay(runner, name, definition);
    await drop(runner, REPLACED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await buildByDay(runner, REPLACED, '(tenant, at)');
    for (const name of Object.keys(INDEXES)) await drop(runner, name);
  }
}

/** One text is one transaction, whose time-out it is. */
async function drop(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; DROP INDEX IF EXISTS ${name}`);
}

/** Days that are made meanwhile have it by themselves, under another name. Nobody would count the values of a day that is over later. */
async function buildByDay(runner: QueryRunner, name: string, definition: string): Promise<void> {
  await runner.query(`CREATE INDEX IF NOT EXISTS ${name} ON ONLY request_traces ${definition}`);
  const days = (await runner.query(DAYS_WITHOUT, [name])) as { day: string }[];
  for (const { day } of days) {
    const own = day.replace('request_traces', name);
    await runner.query(`CREATE INDEX IF NOT EXISTS ${own} ON ${day} ${definition}`);
    await runner.query(`ALTER INDEX ${name} ATTACH PARTITION ${own}`);
    await runner.query(`ANALYZE ${day}`);
  }
}

const DAYS_WITHOUT = `
  SELECT relid::regclass::text AS day FROM pg_partition_tree('request_traces')
  WHERE isleaf AND parentrelid IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid
    WHERE inhparent = to_regclass($1) AND indrelid = relid)
  ORDER BY 1`;
