import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { newTraceId, storable } from '@relay/core';
import { DataSource } from 'typeorm';
import type { EndedLine } from '../domain/line-result';
import type { LineProblem, LineRequest } from '../domain/read-line';
import { digestPlace, type Returned, resultPlace } from '../offload/offload-rows';
import { KeyGone, Seal } from '../seal';
import { afterDeadlocks } from '@relay/database';

/** Who dies with a line loses it after so long. By the database's clock: those of processes differ. */
export const LEASE_SECONDS = 20;
const LEASE_END = `now() + interval '${LEASE_SECONDS} seconds'`;
/** Ended lines that are held at a time while files are written: so many, or so many bytes, and one in any case. */
const READ_AT_ONCE = 500;
const READ_BYTES_AT_ONCE = 8_388_608;

export type LineOutcome = 'completed' | 'failed';

/** Input, cached input, output and reasoning tokens. */
export type LineUsage = readonly [number, number, number, number];

export interface LeasedLine {
  readonly index: number; // counts from 0, in the order of the input
  readonly request: Buffer;
  readonly model: string; // as its body names it; empty: not known
  /** What its provider's own batch answered; `unanswered`: it was there, and goes there no more. Null: it was not. */
  readonly returned: Returned | 'unanswered' | null;
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

interface ClaimedRow {
  readonly index: number;
  readonly request: Uint8Array;
  readonly model: string;
  readonly was_away: boolean;
}

interface ReturnedRow {
  readonly provider: string;
  readonly model: string;
  readonly upstream_model: string;
  readonly digest: string;
  readonly seed_id: string;
  readonly asked_at: Date;
  readonly trace_id: string | null;
  readonly back_at: Date | null;
  readonly batch: string | null;
  readonly status: number;
  readonly result: Uint8Array;
}

interface TraceOfRow {
  readonly trace_id: string;
  readonly back_at: Date;
}

interface EndedRow {
  readonly index: number;
  readonly custom_id: string | null;
  readonly response: Uint8Array | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/**
 * Who locks several rows locks the batch first, then its lines in their order: those that did otherwise would wait for each other. The lock
 * of a batch lets lines be added to it.
 */
const BATCH_HELD = `held AS (SELECT id FROM batches WHERE id = $1 FOR NO KEY UPDATE)`;

const ANSWER = `
  WITH ${BATCH_HELD}, given AS (
    SELECT * FROM unnest($2::int[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::int[], $8::int[], $9::int[], $10::int[])
      AS g(index, outcome, response, code, message, input, cached, output, reasoning)
  ), open AS (
    SELECT l.index FROM held JOIN batch_lines l ON l.batch_id = held.id
    WHERE l.index = ANY($2::int[]) AND l.outcome IS NULL ORDER BY l.index FOR NO KEY UPDATE OF l
  ), answered AS (
    UPDATE batch_lines l SET outcome = g.outcome, response = g.response, error_code = g.code, error_message = g.message,
      request = NULL, lease_owner = NULL, leased_until = NULL
    FROM given g JOIN open USING (index) WHERE l.batch_id = $1 AND l.index = g.index
    RETURNING g.outcome, g.input, g.cached, g.output, g.reasoning
  ), counted AS (
    SELECT count(*) FILTER (WHERE outcome = 'completed') AS completed, count(*) FILTER (WHERE outcome = 'failed') AS failed,
      coalesce(sum(input), 0) AS input, coalesce(sum(cached), 0) AS cached,
      coalesce(sum(output), 0) AS output, coalesce(sum(reasoning), 0) AS reasoning
    FROM answered
  )
  UPDATE batches b SET completed = b.completed + c.completed, failed = b.failed + c.failed,
    usage = ARRAY[b.usage[1] + c.input, b.usage[2] + c.cached, b.usage[3] + c.output, b.usage[4] + c.reasoning]::bigint[]
  FROM counted c WHERE b.id = $1 AND c.completed + c.failed > 0`;

/** Of a batch that was cancelled while it was read, the lines that are there are all there will be. Lines end before their batch is changed. */
const END_OPEN = `
  WITH ${BATCH_HELD}, open AS (
    SELECT l.index FROM held JOIN batch_lines l ON l.batch_id = held.id
    WHERE l.outcome IS NULL ORDER BY l.index FOR NO KEY UPDATE OF l
  ), ended AS (
    UPDATE batch_lines l SET outcome = 'failed', error_code = $2, error_message = $3, request = NULL, lease_owner = NULL,
      leased_until = NULL
    FROM open WHERE l.batch_id = $1 AND l.index = open.index RETURNING 1
  )
  UPDATE batches b SET total = greatest(b.total, lines.count), failed = greatest(b.total, lines.count) - b.completed
  FROM (SELECT count(*)::int AS count FROM batch_lines WHERE batch_id = $1) lines, (SELECT count(*) FROM ended) before
  WHERE b.id = $1 AND b.ended_at IS NULL`;

/** Counted as failed as well; of no effect where it is done. */
const GIVE_UP = `
  WITH ${BATCH_HELD}, lost AS (
    SELECT l.index, l.outcome FROM held JOIN batch_lines l ON l.batch_id = held.id
    WHERE l.index = ANY($2::int[]) AND l.response IS NOT NULL ORDER BY l.index FOR NO KEY UPDATE OF l
  ), failed AS (
    UPDATE batch_lines l SET outcome = 'failed', response = NULL, error_code = $3, error_message = $4
    FROM lost WHERE l.batch_id = $1 AND l.index = lost.index RETURNING lost.outcome AS before
  )
  UPDATE batches b SET completed = b.completed - c.lost, failed = b.failed + c.lost
  FROM (SELECT count(*)::int AS lost FROM failed WHERE before = 'completed') c WHERE b.id = $1 AND c.lost > 0`;

const RETURNED = `
  SELECT o.provider, o.model, o.upstream_model, o.digest, o.seed_id, o.asked_at, o.trace_id, o.back_at, o.status, o.result,
    p.upstream->>'id' AS batch
  FROM offloaded_lines o LEFT JOIN provider_batches p ON p.id = o.provider_batch
  WHERE o.batch_id = $1 AND o.index = $2::int AND o.result IS NOT NULL`;

/** Of a batch that does not go on. */
const CLAIM_RETURNED = `
  UPDATE batch_lines l SET lease_owner = $2::uuid, leased_until = ${LEASE_END}
  WHERE batch_id = $1 AND index = (
    SELECT o.index FROM offloaded_lines o JOIN batch_lines l USING (batch_id, index)
    WHERE o.batch_id = $1 AND o.result IS NOT NULL AND l.outcome IS NULL AND (l.leased_until IS NULL OR l.leased_until < now())
      AND EXISTS (SELECT 1 FROM batches WHERE id = $1 AND ended_at IS NULL AND status <> 'in_progress')
    ORDER BY o.index LIMIT 1 FOR UPDATE OF l SKIP LOCKED)
  RETURNING index, request, coalesce(model, '') AS model, true AS was_away`;

const CHOOSE_TRACE = `
  UPDATE offloaded_lines SET trace_id = coalesce(trace_id, $3), back_at = coalesce(back_at, now())
  WHERE batch_id = $1 AND index = $2::int RETURNING trace_id, back_at`;

const ENDED = `
  SELECT l.index, l.custom_id, l.response, l.error_code, l.error_message
  FROM batch_lines l JOIN (
    SELECT index, sum(bytes) OVER (ORDER BY index) - bytes AS before FROM (
      SELECT index, coalesce(octet_length(response), 0) AS bytes FROM batch_lines
      WHERE batch_id = $1 AND index > $2::int AND outcome = $3 ORDER BY index LIMIT ${READ_AT_ONCE}) next
  ) counted ON counted.index = l.index
  WHERE l.batch_id = $1 AND counted.before < ${READ_BYTES_AT_ONCE} ORDER BY l.index`;

/**
 * The table `batch_lines`. A line is open until it has an outcome, and gets one once: of two that answered it, because one was taken for dead,
 * the first counts.
 */
@Injectable()
export class LineStore {
  private readonly logger = new Logger(LineStore.name);

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
      const model = isAsked ? line.model : null;
      const problem = isAsked ? {} : { code: line.code, message: storable(line.message) };
      return { index, custom_id: line.customId, model, request, ...problem };
    });
    await this.dataSource.query(
      `INSERT INTO batch_lines (batch_id, index, custom_id, model, request, outcome, error_code, error_message)
       SELECT $1, index, custom_id, model, decode(request, 'base64'), CASE WHEN code IS NOT NULL THEN 'failed' END, code, message
       FROM jsonb_to_recordset($2::jsonb) AS l(index int, custom_id text, model text, request text, code text, message text)
       ON CONFLICT DO NOTHING`,
      [batchId, JSON.stringify(rows)],
    );
  }

  /**
   * The first open line that nobody has, for a while: of those that were never put off, then of those whose time has come. Null if there is
   * none but of these models, or if the batch is not going on.
   */
  async claim(batchId: string, owner: string, notOf: readonly string[] = []): Promise<LeasedLine | null> {
    const [rows]: [ClaimedRow[], number] = await this.dataSource.query(
      `UPDATE batch_lines l SET lease_owner = $2::uuid, leased_until = ${LEASE_END}
       WHERE batch_id = $1 AND index = (
         SELECT index FROM batch_lines
         WHERE batch_id = $1 AND outcome IS NULL AND NOT away AND (leased_until IS NULL OR leased_until < now())
           AND not_before <= now() AND coalesce(model, '') <> ALL($3::text[])
           AND EXISTS (SELECT 1 FROM batches WHERE id = $1 AND status = 'in_progress')
         ORDER BY not_before, index LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING index, request, coalesce(model, '') AS model, EXISTS (SELECT 1 FROM offloaded_lines o WHERE o.batch_id = l.batch_id AND o.index = l.index) AS was_away`,
      [batchId, owner, notOf],
    );
    return this.leased(batchId, rows);
  }

  /** Of a batch that does not go on, one that its provider's batch has answered; null if there is none. */
  async claimReturned(batchId: string, owner: string): Promise<LeasedLine | null> {
    const [rows]: [ClaimedRow[], number] = await this.dataSource.query(CLAIM_RETURNED, [batchId, owner]);
    return this.leased(batchId, rows);
  }

  private async leased(batchId: string, [row]: ClaimedRow[]): Promise<LeasedLine | null> {
    if (!row) return null;
    const request = this.seal.open(row.request, requestPlace(batchId, row.index));
    const returned = row.was_away ? await this.returned(batchId, row.index) : null;
    return { index: row.index, request, model: row.model, returned };
  }

  /** What cannot be read any more was not answered. */
  private async returned(batchId: string, index: number): Promise<Returned | 'unanswered'> {
    const [row]: ReturnedRow[] = await this.dataSource.query(RETURNED, [batchId, index]);
    if (!row) return 'unanswered';
    const trace = await this.traceOf(batchId, index, row);
    try {
      const digest = this.seal.open(Buffer.from(row.digest, 'base64'), digestPlace(batchId, index)).toString();
      const body = this.seal.open(row.result, resultPlace(batchId, index));
      return {
        ...{ provider: row.provider, model: row.model, upstreamModel: row.upstream_model, digest, body },
        ...{ seedId: row.seed_id, askedAt: row.asked_at.getTime(), batch: row.batch ?? '', status: row.status },
        ...{ traceId: trace.trace_id, backAt: trace.back_at.getTime() },
      };
    } catch (error) {
      this.logger.error(String(error));
      return 'unanswered';
    }
  }

  /** Answers that were kept by a relay before it chose traces for them get theirs when they are first read. */
  private async traceOf(batchId: string, index: number, row: ReturnedRow): Promise<TraceOfRow> {
    const { trace_id, back_at } = row;
    if (trace_id !== null && back_at !== null) return { trace_id, back_at };
    const traceId = newTraceId(row.asked_at.getTime());
    const [[chosen]]: [TraceOfRow[], number] = await this.dataSource.query(CHOOSE_TRACE, [batchId, index, traceId]);
    return chosen ?? { trace_id: traceId, back_at: row.asked_at };
  }

  /**
   * Keeps what this owner has of these lines, of batches that go on. Gives those: the others are lost, or nobody wants them any more. The
   * lease of a line that it does not name runs out, as nobody works on that.
   */
  async renew(owner: string, held: readonly LineRef[]): Promise<LineRef[]> {
    const [rows]: [LineRef[], number] = await this.dataSource.query(
      `WITH mine AS (
         SELECT l.batch_id, l.index FROM unnest($2::text[], $3::int[]) AS held(batch_id, index)
           JOIN batch_lines l ON l.batch_id = held.batch_id AND l.index = held.index JOIN batches b ON b.id = l.batch_id
         WHERE l.lease_owner = $1::uuid AND l.outcome IS NULL AND b.status = 'in_progress'
         ORDER BY l.batch_id, l.index FOR NO KEY UPDATE OF l
       )
       UPDATE batch_lines l SET leased_until = ${LEASE_END} FROM mine
       WHERE l.batch_id = mine.batch_id AND l.index = mine.index
       RETURNING l.batch_id AS "batchId", l.index`,
      [owner, held.map(({ batchId }) => batchId), held.map(({ index }) => index)],
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

  /** Gives a line back that was told to come again: nobody gets it before then. */
  async putOff({ batchId, index }: LineRef, owner: string, afterMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE batch_lines SET lease_owner = NULL, leased_until = NULL, not_before = now() + $4::float8 * interval '1 ms'
       WHERE batch_id = $1 AND index = $2::int AND lease_owner = $3::uuid AND outcome IS NULL`,
      [batchId, index, owner, afterMs],
    );
  }

  /** After how many ms the next line may be claimed of those that nobody has; 0: now. Null: there are none. */
  async dueInMs(batchId: string): Promise<number | null> {
    const [row]: { ms: number | null }[] = await this.dataSource.query(
      `SELECT CASE WHEN min(not_before) <= now() THEN 0 ELSE extract(epoch FROM min(not_before) - now()) * 1000 END::float8 AS ms
       FROM batch_lines
       WHERE batch_id = $1 AND outcome IS NULL AND NOT away AND (leased_until IS NULL OR leased_until < now())`,
      [batchId],
    );
    return row?.ms ?? null;
  }

  /** Answers lines, and counts them in their batch, in one statement; of no effect on those that are answered. */
  async answer(batchId: string, answers: readonly LineAnswer[]): Promise<void> {
    const usageOf = (place: number): number[] => answers.map(({ usage }) => usage?.[place] ?? 0);
    const parameters = [
      ...[batchId, answers.map(({ index }) => index), answers.map(({ outcome }) => outcome)],
      answers.map(({ index, response }) => response && this.seal.close(response, responsePlace(batchId, index))),
      ...[
        answers.map(({ error }) => error?.code ?? null),
        answers.map(({ error }) => error && storable(error.message)),
      ],
      ...[usageOf(0), usageOf(1), usageOf(2), usageOf(3)],
    ];
    await afterDeadlocks(() => this.dataSource.query(ANSWER, parameters));
  }

  async hasOpen(batchId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'SELECT 1 FROM batch_lines WHERE batch_id = $1 AND outcome IS NULL LIMIT 1',
      [batchId],
    );
    return rows.length > 0;
  }

  /** Ends all lines that are open, those that somebody has as well; how many there are is known then at the latest. */
  async endOpen(batchId: string, code: string, message: string): Promise<void> {
    await afterDeadlocks(() => this.dataSource.query(END_OPEN, [batchId, code, message]));
  }

  /** Lines that ended so, in the order of the input. Throws `KeyGone`. */
  async *ended(batchId: string, outcome: LineOutcome): AsyncGenerator<EndedLine> {
    for await (const rows of this.endedRows(batchId, outcome)) for (const row of rows) yield this.toEnded(batchId, row);
  }

  /** Lines whose answers do not open have failed with this error instead. Gives how many there were. */
  async giveUpSealed(batchId: string, { code, message }: { code: string; message: string }): Promise<number> {
    let lost = 0;
    for (const outcome of ['failed', 'completed'] as const) {
      for await (const rows of this.endedRows(batchId, outcome)) {
        const sealed = rows.filter((row) => !this.opens(batchId, row)).map(({ index }) => index);
        if (sealed.length > 0)
          await afterDeadlocks(() => this.dataSource.query(GIVE_UP, [batchId, sealed, code, message]));
        lost += sealed.length;
      }
    }
    return lost;
  }

  private opens(batchId: string, row: EndedRow): boolean {
    try {
      this.toEnded(batchId, row);
      return true;
    } catch (error) {
      if (error instanceof KeyGone) return false;
      throw error;
    }
  }

  /** A page at a time. */
  private async *endedRows(batchId: string, outcome: LineOutcome): AsyncGenerator<EndedRow[]> {
    for (let after = -1; ;) {
      const rows: EndedRow[] = await this.dataSource.query(ENDED, [batchId, after, outcome]);
      const last = rows.at(-1);
      if (!last) return;
      yield rows;
      after = last.index;
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
