import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { ClientBase } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';

/** Of one statement, by PostgreSQL's clock; a report over a long window may take it, nobody waits longer. */
export const REPORT_TIMEOUT_MS = 20_000;
const RETRY_AFTER_SECONDS = 5;
/** query_canceled, here by the time-out: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CANCELLED = '57014';
/** Of one statement, for sorting and counting; kB. */
const WORK_MEMORY_KB = 32_768;
/** Of a row that is not where the one before was; the default, 4, is of disks that turn. Rows among millions are then looked up, not read all. */
const RANDOM_PAGE_COST = 1.1;
const MS_PER_SECOND = 1_000;

/** What pg's pool says when no connection came free in time, or none was made. */
const NO_CONNECTION = /^timeout exceeded when trying to connect$/;

/**
 * Asks questions whose cost nobody knows beforehand, none of them for long, and on connections of their own, so that nothing that serves
 * requests waits behind them. Compiling plans (jit) takes longer than they do.
 */
@Injectable()
export class BoundedReader {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Rows of a statement that changes nothing. Rejects with `unavailable`, with what to do about it, where it takes too long. */
  async read<Row>(text: string, values: readonly unknown[], timeoutMs = REPORT_TIMEOUT_MS): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner('slave');
    try {
      const client = await connectionOf(runner);
      await client.query(
        `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL jit = off; SET LOCAL work_mem = ${WORK_MEMORY_KB}; SET LOCAL random_page_cost = ${RANDOM_PAGE_COST}`,
      );
      try {
        const { rows } = await client.query(text, [...values]);
        return rows as Row[];
      } finally {
        await client.query('ROLLBACK');
      }
    } catch (error) {
      throw (error as { readonly code?: unknown } | null)?.code === CANCELLED ? tooMuch(timeoutMs, error) : error;
    } finally {
      await runner.release();
    }
  }
}

async function connectionOf(runner: QueryRunner): Promise<ClientBase> {
  try {
    return (await runner.connect()) as ClientBase;
  } catch (error) {
    throw error instanceof Error && NO_CONNECTION.test(error.message) ? tooMany(error) : error;
  }
}

function tooMany(cause: unknown): RelayError {
  const message =
    'No connection to the database came free in time: others ask much of it at the moment, or it does not answer. Try again later.';
  return new RelayError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

function tooMuch(timeoutMs: number, cause: unknown): RelayError {
  const message = `Reading this takes longer than ${timeoutMs / MS_PER_SECOND} s. Narrow it: a shorter time range (from, to), or a further filter such as tenant.`;
  return new RelayError('unavailable', message, { param: 'from', retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
