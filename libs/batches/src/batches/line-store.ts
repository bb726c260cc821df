import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { EndedLine } from '../domain/line-result';
import type { LineProblem, LineRequest } from '../domain/read-line';
import { Seal } from '../seal';

/** Who dies with a line loses it after so long. By the database's clock: those of processes differ. */
export const LEASE_SECONDS = 20;
const LEASE_END = `now() + interval '${LEASE_SECONDS} seconds'`;
/** Ended lines that are held at a time while files are written: an answer may have megabytes. */
const READ_AT_ONCE = 50;

export type LineOutcome = 'completed' | 'failed';

/** Input, cached input, output and reasoning tokens. */
export type LineUsage = readonly [number, number, number, number];

export interface LeasedLine {
  readonly index: number; // counts from 0, in the order of the input
  readonly request: Buffer;
}

/** What came of a line. */
export interface LineAnswer {
  readonly index: number;
  readonly outcome: LineOutcome;
  readonly response: Buffer | null; // see `responseOf`
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly usage: LineUsage | null;
}

export interface LineRef {
  readonly batchId: string;
  readonly index: number;
}

interface EndedRow {
  readonly index: number;
  readonly custom_id: string | null;
  readonly response: Uint8Array | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/**
 * The table `batch_lines`. A line is open until it has an outcome, and gets one once: of two that answered it, because one was taken for dead,
 * the first counts.
 */
@Injectable()
export class LineStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly seal: Seal,
  ) {}

  /** Lines of the input; those that are there already stay as they are. */
  async add(
    batchId: string,
    lines: readonly (LineRef & { readonly line: LineRequest | LineProblem })[],
  ): Promise<void> {
    const rows = lines.map(({ index, line }) => {
      const isAsked = 'body' in line;
      const request = isAsked ? this.seal.close(line.body, requestPlace(batchId, index)).toString('base64') : null;
      const problem = isAsked ? {} : { code: line.code, message: line.message };
      return { index, custom_id: line.customId, request, ...problem };
    });
    await this.dataSource.query(
      `INSERT INTO batch_lines (batch_id, index, custom_id, request, outcome, error_code, error_message)
       SELECT $1, index, custom_id, decode(request, 'base64'), CASE WHEN code IS NOT NULL THEN 'failed' END, code, message
       FROM jsonb_to_recordset($2::jsonb) AS l(index int, custom_id text, request text, code text, message text)
       ON CONFLICT DO NOTHING`,
      [batchId, JSON.stringify(rows)],
    );
  }

  /** The first open line that nobody has, for a while; null if there is none, or if the batch is not going on. */
  async claim(batchId: string, owner: string): Promise<LeasedLine | null> {
    const [rows]: [{ index: number; request: Uint8Array }[], number] = await this.dataSource.query(
      `UPDATE batch_lines SET lease_owner = $2::uuid, leased_until = ${LEASE_END}
       WHERE batch_id = $1 AND index = (
         SELECT index FROM batch_lines
         WHERE batch_id = $1 AND outcome IS NULL AND (leased_until IS NULL OR leased_until < now())
           AND EXISTS (SELECT 1 FROM batches WHERE id = $1 AND status = 'in_progress')
         ORDER BY index LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING index, request`,
      [batchId, owner],
    );
    const [row] = rows;
    return row ? { index: row.index, request: this.seal.open(row.request, requestPlace(batchId, row.index)) } : null;
  }

  /** Keeps what this owner has, of batches that go on. Gives these lines: the others are lost, or nobody wants them any more. */
  async renew(owner: string): Promise<LineRef[]> {
    const [rows]: [LineRef[], number] = await this.dataSource.query(
      `UPDATE batch_lines l SET leased_until = ${LEASE_END} FROM batches b
       WHERE l.lease_owner = $1::uuid AND l.outcome IS NULL AND b.id = l.batch_id AND b.status = 'in_progress'
       RETURNING l.batch_id AS "batchId", l.index`,
      [owner],
    );
    return rows;
  }

  /** Gives a line back that was not answered. */
  async release({ batchId, index }: LineRef, owner: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE batch_lines SET lease_owner = NULL, leased_until = NULL
       WHERE batch_id = $1 AND index = $2::int AND lease_owner = $3::uuid AND outcome IS NULL`,
      [batchId, index, owner],
    );
  }

  /** Answers lines, and counts them in their batch, in one statement; of no effect on those that are answered. */
  async answer(batchId: string, answers: readonly LineAnswer[]): Promise<void> {
    const rows = answers.map(({ index, outcome, response, error, usage }) => ({
      ...{ index, outcome, code: error?.code, message: error?.message },
      response: response && this.seal.close(response, responsePlace(batchId, index)).toString('base64'),
      ...{ input: usage?.[0], cached: usage?.[1], output: usage?.[2], reasoning: usage?.[3] },
    }));
    await this.dataSource.query(
      `WITH given AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb) AS g(index int, outcome text, response text, code text, message text,
           input int, cached int, output int, reasoning int)
       ), answered AS (
         UPDATE batch_lines l SET outcome = g.outcome, response = decode(g.response, 'base64'), error_code = g.code,
           error_message = g.message, request = NULL, lease_owner = NULL, leased_until = NULL
         FROM given g WHERE l.batch_id = $1 AND l.index = g.index AND l.outcome IS NULL
         RETURNING g.outcome, g.input, g.cached, g.output, g.reasoning
       ), counted AS (
         SELECT count(*) FILTER (WHERE outcome = 'completed') AS completed, count(*) FILTER (WHERE outcome = 'failed') AS failed,
           coalesce(sum(input), 0) AS input, coalesce(sum(cached), 0) AS cached,
           coalesce(sum(output), 0) AS output, coalesce(sum(reasoning), 0) AS reasoning
         FROM answered
       )
       UPDATE batches b SET completed = b.completed + c.completed, failed = b.failed + c.failed,
         usage = ARRAY[b.usage[1] + c.input, b.usage[2] + c.cached, b.usage[3] + c.output, b.usage[4] + c.reasoning]::bigint[]
       FROM counted c WHERE b.id = $1 AND c.completed + c.failed > 0`,
      [batchId, JSON.stringify(rows)],
    );
  }

  async hasOpen(batchId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'SELECT 1 FROM batch_lines WHERE batch_id = $1 AND outcome IS NULL LIMIT 1',
      [batchId],
    );
    return rows.length > 0;
  }

  /** Ends all lines that are open, those that somebody has as well. */
  async endOpen(batchId: string, code: string, message: string): Promise<void> {
    await this.dataSource.query(
      `WITH ended AS (
         UPDATE batch_lines SET outcome = 'failed', error_code = $2, error_message = $3, request = NULL, lease_owner = NULL,
           leased_until = NULL
         WHERE batch_id = $1 AND outcome IS NULL RETURNING 1
       )
       UPDATE batches SET failed = failed + (SELECT count(*) FROM ended) WHERE id = $1`,
      [batchId, code, message],
    );
  }

  /** Lines that ended so, in the order of the input. */
  async *ended(batchId: string, outcome: LineOutcome): AsyncGenerator<EndedLine> {
    let after = -1;
    for (;;) {
      const rows: EndedRow[] = await this.dataSource.query(
        `SELECT index, custom_id, response, error_code, error_message FROM batch_lines
         WHERE batch_id = $1 AND index > $2::int AND outcome = $3 ORDER BY index LIMIT ${READ_AT_ONCE}`,
        [batchId, after, outcome],
      );
      for (const row of rows) yield this.toEnded(batchId, row);
      if (rows.length < READ_AT_ONCE) return;
      after = rows.at(-1)?.index ?? after;
    }
  }

  private toEnded(batchId: string, row: EndedRow): EndedLine {
    const { index, custom_id: customId, response, error_code: code, error_message: message } = row;
    return {
      ...{ index, customId },
      response: response && this.seal.open(response, responsePlace(batchId, index)),
      error: code === null ? null : { code, message: message ?? '' },
    };
  }
}

const requestPlace = (batchId: string, index: number): string => `batch_lines/${batchId}/${index}/request`;
const responsePlace = (batchId: string, index: number): string => `batch_lines/${batchId}/${index}/response`;
