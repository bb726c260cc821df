import { RelayError } from '@relay/core';
import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import type { SqlQuery } from './sql-query';

/** What a question about traces may take, by PostgreSQL's clock. */
const QUESTION_TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;
/** SQLSTATE of a statement that was cancelled, here by the time-out. */
const CANCELED = '57014';
/** SQLSTATE class of values that a type cannot hold. */
const BAD_VALUE = /^22/;

/** Of one question, for sorting and counting; kB. */
const WORK_MEMORY_KB = 32_768;

/** Asks questions whose cost nobody knows beforehand, none of them for long. Compiling plans (jit) takes longer than they do. */
export class TraceReader {
  constructor(
    private readonly dataSource: DataSource,
    readonly timeoutMs = QUESTION_TIMEOUT_MS,
  ) {}

  /** Throws `unavailable`, with what to do about it, where it takes too long. `leftMs`: what is left of the time of a question in parts. */
  async read<Row>({ text, values }: SqlQuery, leftMs = this.timeoutMs): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as ClientBase;
      await client.query(
        `BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.min(leftMs, this.timeoutMs)}; SET LOCAL jit = off; SET LOCAL work_mem = ${WORK_MEMORY_KB}`,
      );
      try {
        const { rows } = await client.query(text, [...values]);
        return rows as Row[];
      } finally {
        await client.query('ROLLBACK');
      }
    } catch (error) {
      throw told(error, this.timeoutMs);
    } finally {
      await runner.release();
    }
  }
}

function told(error: unknown, timeoutMs: number): unknown {
  const state = (error as { code?: unknown } | null)?.code;
  if (state === CANCELED) return tooMuch(timeoutMs, error);
  if (typeof state !== 'string' || !BAD_VALUE.test(state)) return error;
  return new RelayError(
    'invalid_request',
    'A filter has a value that no trace can have, such as a time out of range.',
    {
      cause: error,
    },
  );
}

function tooMuch(timeoutMs: number, cause: unknown): RelayError {
  const message = `Looking through these traces takes longer than ${timeoutMs / 1_000} s. Narrow it: a shorter time range (from, to), or a further filter such as tenant.`;
  return new RelayError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
