import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Of one statement; a range that takes longer is refused. */
const STATEMENT_TIMEOUT_MS = 20_000;
/** query_canceled: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CANCELLED = '57014';

/** Reads with a bound on the time that a statement may take. */
@Injectable()
export class BoundedReader {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Error: `unavailable` where it takes too long. */
  async read<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.dataSource.transaction(async (transaction) => {
        await transaction.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
        return transaction.query<Row[]>(text, [...values]);
      });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== CANCELLED) throw error;
      const message = `That range takes longer than ${STATEMENT_TIMEOUT_MS} ms to read; ask for a shorter one.`;
      throw new RelayError('unavailable', message, { param: 'from', cause: error });
    }
  }
}
