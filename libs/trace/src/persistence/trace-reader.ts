import { RelayError } from '@relay/core';
import { BoundedReader } from '@relay/database';
import type { DataSource } from 'typeorm';
import type { SqlQuery } from './sql-query';

/** What a question about traces may take, by PostgreSQL's clock. */
const QUESTION_TIMEOUT_MS = 5_000;
/** SQLSTATE class of values that a type cannot hold. */
const BAD_VALUE = /^22/;

/** Asks questions about single traces, whose filters come from the API as they are. */
export class TraceReader {
  private readonly reader: BoundedReader;

  constructor(
    dataSource: DataSource,
    readonly timeoutMs = QUESTION_TIMEOUT_MS,
  ) {
    this.reader = new BoundedReader(dataSource);
  }

  /** Throws `unavailable`, with what to do about it, where it takes too long. `leftMs`: what is left of the time of a question in parts. */
  async read<Row>({ text, values }: SqlQuery, leftMs = this.timeoutMs): Promise<Row[]> {
    try {
      return await this.reader.read<Row>(text, values, Math.min(leftMs, this.timeoutMs));
    } catch (error) {
      throw isBadValue(error) ? impossible(error) : error;
    }
  }
}

function isBadValue(error: unknown): boolean {
  const state = (error as { readonly code?: unknown } | null)?.code;
  return typeof state === 'string' && BAD_VALUE.test(state);
}

function impossible(cause: unknown): RelayError {
  const message = 'A filter has a value that no trace can have, such as a time out of range.';
  return new RelayError('invalid_request', message, { cause });
}
