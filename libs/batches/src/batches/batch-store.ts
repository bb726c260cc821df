import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { BatchListQuery, BatchObject, BatchProblem, CreateBatch } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { isBatchId, newBatchId } from '../domain/ids';
import { toBatchObject, toTask, type BatchEnding, type BatchRow, type BatchTask } from './batch-rows';

/** Ended ones are forgotten after so long. Their files stay as long as their tenant wants. */
const ENDED_KEPT_MS = 90 * 86_400_000;
/** The only completion window there is. */
const WINDOW_MS = 86_400_000;
/** An Idempotency-Key stands for its order so long, as elsewhere. */
const ONCE_MS = 86_400_000;
const OPEN_READ_AT_ONCE = 1_000;
const MAX_REMOVED = 1_000;
const RANKED = `SELECT id, total, (row_number() OVER (PARTITION BY tenant_id ORDER BY id))::int AS rank
  FROM batches WHERE ended_at IS NULL`;
/** Orders of one tenant take turns on an advisory lock of this kind ("BTCH" in ASCII): they are counted before one is added. */
const ORDER_LOCK = 0x42544348;
/** A batch that ends takes its lines with it, in the same statement. */
const WITHOUT_LINES = 'DELETE FROM batch_lines WHERE batch_id IN (SELECT id FROM ended)';

export interface Orderer {
  readonly tenantId: string;
  readonly keyId: string;
  /** How each line is to be served, as the client said; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its Idempotency-Key, and a hash of what was ordered under it; absent: it sent none. */
  readonly once?: { readonly key: string; readonly print: string } | null;
}

/** An open batch, and how many of its tenant's were there before it, counted from 1. */
export interface OpenBatch {
  readonly id: string;
  readonly rank: number;
  readonly total: number;
}

/** The table `batches`: what was ordered, how far it is, how it ended. Each change says from which state it leads. */
@Injectable()
export class BatchStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Null when the tenant has `maxOpen` that have not ended, or its key has ordered one with the same Idempotency-Key. */
  async create(by: Orderer, order: CreateBatch, maxOpen: number): Promise<BatchObject | null> {
    const now = this.clock.now();
    const rows: BatchRow[] = await this.inTurn(
      by.tenantId,
      `INSERT INTO batches (id, tenant_id, key_id, endpoint, input_file_id, metadata, output_seconds, headers, status, created_at, expires_at, once_key, once_print)
       SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::jsonb, $7::int, $8::jsonb, 'validating', $9::timestamptz, $10::timestamptz, $12::text, $13::text
       WHERE (SELECT count(*) FROM batches WHERE tenant_id = $2 AND ended_at IS NULL) < $11::int
         AND NOT EXISTS (SELECT 1 FROM batches WHERE tenant_id = $2 AND key_id = $3 AND once_key = $12 AND created_at > $14::timestamptz)
       RETURNING *`,
      [
        ...[newBatchId(now), by.tenantId, by.keyId, order.endpoint, order.input_file_id],
        ...[order.metadata ? JSON.stringify(order.metadata) : null, order.output_expires_after?.seconds ?? null],
        ...[JSON.stringify(by.headers), new Date(now), new Date(now + WINDOW_MS), maxOpen],
        ...[by.once?.key ?? null, by.once?.print ?? null, new Date(now - ONCE_MS)],
      ],
    );
    return rows[0] ? toBatchObject(rows[0]) : null;
  }

  /** What was ordered with the same Idempotency-Key, within a day; null: nothing was. */
  async findOnce({ tenantId, keyId, once }: Orderer): Promise<{ batch: BatchObject; print: string } | null> {
    if (!once) return null;
    const rows: (BatchRow & { once_print: string })[] = await this.dataSource.query(
      'SELECT * FROM batches WHERE tenant_id = $1 AND key_id = $2 AND once_key = $3 AND created_at > $4::timestamptz',
      [tenantId, keyId, once.key, new Date(this.clock.now() - ONCE_MS)],
    );
    return rows[0] ? { batch: toBatchObject(rows[0]), print: rows[0].once_print } : null;
  }

  async find(id: string, tenantId: string): Promise<BatchObject | null> {
    if (!isBatchId(id)) return null;
    const rows: BatchRow[] = await this.dataSource.query('SELECT * FROM batches WHERE id = $1 AND tenant_id = $2', [
      id,
      tenantId,
    ]);
    return rows[0] ? toBatchObject(rows[0]) : null;
  }

  /** Newest first; one more than asked for tells that there are more. */
  async list(tenantId: string, { after, limit }: BatchListQuery): Promise<BatchObject[]> {
    const rows: BatchRow[] = await this.dataSource.query(
      `SELECT * FROM batches WHERE tenant_id = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3::int`,
      [tenantId, after ?? null, limit + 1],
    );
    return rows.map(toBatchObject);
  }

  /** True if this was what began to cancel it. */
  async cancel(id: string, tenantId: string): Promise<boolean> {
    return this.change(
      `UPDATE batches SET status = 'cancelling', ending = 'cancelled', cancelling_at = $2::timestamptz
       WHERE id = $1 AND tenant_id = $3 AND status IN ('validating', 'in_progress')`,
      [id, this.now(), tenantId],
    );
  }

  /** For whoever works on it, whatever its tenant; null if it has ended. */
  async task(id: string): Promise<BatchTask | null> {
    const rows: BatchRow[] = await this.dataSource.query('SELECT * FROM batches WHERE id = $1 AND ended_at IS NULL', [
      id,
    ]);
    return rows[0] ? toTask(rows[0]) : null;
  }

  /** Those that have not ended, oldest first, a page at a time. */
  async *open(): AsyncGenerator<OpenBatch> {
    for (let after = ''; ;) {
      const page: OpenBatch[] = await this.dataSource.query(
        `SELECT * FROM (${RANKED}) ranked WHERE id > $1 ORDER BY id LIMIT ${OPEN_READ_AT_ONCE}`,
        [after],
      );
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < OPEN_READ_AT_ONCE) return;
      after = last.id;
    }
  }

  /** Null if it has ended. */
  async openOne(id: string): Promise<OpenBatch | null> {
    const rows: OpenBatch[] = await this.dataSource.query(
      `SELECT id, total, (SELECT count(*) FROM batches
         WHERE tenant_id = b.tenant_id AND ended_at IS NULL AND id <= b.id)::int AS rank
       FROM batches b WHERE id = $1 AND ended_at IS NULL`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** Its lines are all there. */
  async start(id: string, total: number): Promise<boolean> {
    return this.change(
      `UPDATE batches SET status = 'in_progress', in_progress_at = $2::timestamptz, total = $3::int,
         failed = (SELECT count(*) FROM batch_lines WHERE batch_id = $1 AND outcome IS NOT NULL)
       WHERE id = $1 AND status = 'validating'`,
      [id, this.now(), total],
    );
  }

  /** Its input cannot be used at all. */
  async fail(id: string, problem: BatchProblem): Promise<void> {
    await this.dataSource.query(
      `WITH ended AS (
         UPDATE batches SET status = 'failed', ended_at = $2::timestamptz, errors = $3::jsonb
         WHERE id = $1 AND status = 'validating' RETURNING id
       ) ${WITHOUT_LINES}`,
      [id, this.now(), JSON.stringify([problem])],
    );
  }

  /** All lines are answered, or its time is up. */
  async finalize(id: string, ending: Exclude<BatchEnding, 'cancelled'>): Promise<boolean> {
    return this.change(
      `UPDATE batches SET status = 'finalizing', finalizing_at = $2::timestamptz, ending = $3
       WHERE id = $1 AND status = 'in_progress'`,
      [id, this.now(), ending],
    );
  }

  /** The ids of the files of its answers: the given ones, or those that were given before. */
  async reserveFiles(id: string, output: string, error: string): Promise<{ output: string; error: string } | null> {
    const [rows]: [{ output: string; error: string }[], number] = await this.dataSource.query(
      `UPDATE batches SET output_file_id = coalesce(output_file_id, $2), error_file_id = coalesce(error_file_id, $3)
       WHERE id = $1 AND ended_at IS NULL RETURNING output_file_id AS output, error_file_id AS error`,
      [id, output, error],
    );
    return rows[0] ?? null;
  }

  /** It ends as was said, with the files that have something in them. */
  async end(id: string, has: { readonly output: boolean; readonly error: boolean }): Promise<void> {
    await this.dataSource.query(
      `WITH ended AS (
         UPDATE batches SET status = ending, ended_at = $2::timestamptz,
           output_file_id = CASE WHEN $3::boolean THEN output_file_id END,
           error_file_id = CASE WHEN $4::boolean THEN error_file_id END
         WHERE id = $1 AND ended_at IS NULL AND ending IS NOT NULL RETURNING id
       ) ${WITHOUT_LINES}`,
      [id, this.now(), has.output, has.error],
    );
  }

  /** Gives how many were forgotten. */
  async removeOld(): Promise<number> {
    const [, removed]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE ended_at < $1::timestamptz LIMIT ${MAX_REMOVED})`,
      [new Date(this.clock.now() - ENDED_KEPT_MS)],
    );
    return removed;
  }

  private inTurn<T>(tenantId: string, statement: string, parameters: unknown[]): Promise<T> {
    return this.dataSource.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [ORDER_LOCK, tenantId]);
      return transaction.query(statement, parameters);
    });
  }

  private now(): Date {
    return new Date(this.clock.now());
  }

  private async change(statement: string, parameters: unknown[]): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.dataSource.query(statement, parameters);
    return changed > 0;
  }
}
