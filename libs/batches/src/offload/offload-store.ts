import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { newTraceId } from '@relay/core';
import { DataSource } from 'typeorm';
import { afterDeadlocks } from '../batches/after-deadlocks';
import type { LineRef } from '../batches/line-store';
import { Seal } from '../seal';
import {
  type OffloadedLine,
  type ProviderBatch,
  type ProviderBatchPhase,
  type ProviderBatchRow,
  resultPlace,
  toProviderBatch,
  type UpstreamBatch,
} from './offload-rows';

/** Lines of one batch of a provider: as many as a worker may hold in memory while it hands them in. */
const MAX_LINES = 10_000;
const MAX_BYTES = 16_777_216;
/** Lines that were gathered last may have others behind them for so long, and the first one waits for others so long at most; ms. */
const GATHER_MS = 2_000;
const MAX_GATHER_MS = 60_000;
/** Who dies with a provider's batch loses it after so long; by the database's clock. */
export const HOLD_SECONDS = 30;
const HOLD_END = `now() + interval '${HOLD_SECONDS} seconds'`;

/** See `LineStore`: who locks several rows locks the batch first. */
const BATCH_HELD = `held AS (SELECT id FROM batches WHERE id = $1 FOR NO KEY UPDATE)`;
const GATHERED = `o.batch_id = $1 AND o.provider_batch IS NULL AND NOT o.returned`;

const TAKE = `
  WITH mine AS (
    UPDATE batch_lines SET away = true, lease_owner = NULL, leased_until = NULL
    WHERE batch_id = $1 AND index = $2::int AND lease_owner = $3::uuid AND outcome IS NULL AND NOT away
      AND NOT EXISTS (SELECT 1 FROM offloaded_lines WHERE batch_id = $1 AND index = $2::int) RETURNING 1
  )
  INSERT INTO offloaded_lines
    (batch_id, index, provider, model, upstream_model, body, bytes, digest, seed_id, expected_usd, asked_at)
  SELECT $1, $2::int, $4, $5, $6, $7::bytea, $8::int, $9, $10, $11::float8, $12::timestamptz FROM mine
  RETURNING 1`;

/** All that ask one model, or as many of them as one batch may have. */
const BUNDLE = `
  WITH ${BATCH_HELD}, next AS (
    SELECT o.provider, o.upstream_model, count(*) >= ${MAX_LINES} OR sum(o.bytes) >= ${MAX_BYTES} AS is_full,
      max(o.asked_at) AS latest, min(o.asked_at) AS first
    FROM held JOIN offloaded_lines o ON ${GATHERED} GROUP BY o.provider, o.upstream_model
  ), ready AS (
    SELECT provider, upstream_model FROM next WHERE is_full OR latest < $3::timestamptz OR first < $4::timestamptz LIMIT 1
  ), taken AS (
    SELECT index FROM (
      SELECT o.index, sum(o.bytes) OVER w AS total, row_number() OVER w AS place
      FROM ready JOIN offloaded_lines o ON ${GATHERED} AND o.provider = ready.provider AND o.upstream_model = ready.upstream_model
      WINDOW w AS (ORDER BY o.index)) counted
    WHERE place = 1 OR (place <= ${MAX_LINES} AND total <= ${MAX_BYTES})
  ), made AS (
    INSERT INTO provider_batches (id, batch_id, provider, model, state, lines, next_at, created_at)
    SELECT $2::uuid, $1, provider, upstream_model, 'new', (SELECT count(*) FROM taken), now(), now() FROM ready RETURNING id
  )
  UPDATE offloaded_lines o SET provider_batch = made.id FROM made WHERE o.batch_id = $1 AND o.index IN (SELECT index FROM taken)`;

const KEEP = `
  WITH ${BATCH_HELD}, given AS (
    SELECT * FROM unnest($3::int[], $4::int[], $5::bytea[], $6::text[]) AS g(index, status, result, trace_id)
  ), kept AS (
    UPDATE offloaded_lines o SET status = g.status, result = g.result, body = NULL, trace_id = g.trace_id, back_at = $7::timestamptz
    FROM held, given g
    WHERE o.batch_id = held.id AND o.index = g.index AND o.provider_batch = $2::uuid AND o.result IS NULL AND NOT o.returned
    RETURNING o.index
  )
  UPDATE batch_lines l SET away = false FROM kept WHERE l.batch_id = $1 AND l.index = kept.index AND l.outcome IS NULL`;

/** What was not answered is asked as any other line. */
const END = `
  WITH ${BATCH_HELD}, ended AS (
    UPDATE provider_batches SET ended_at = now(), reason = $3, leased_until = NULL FROM held
    WHERE provider_batches.id = $2::uuid AND ended_at IS NULL RETURNING 1
  ), back AS (
    UPDATE offloaded_lines o SET returned = true, body = NULL FROM held
    WHERE o.batch_id = held.id AND o.provider_batch = $2::uuid AND o.result IS NULL AND NOT o.returned RETURNING o.index
  )
  UPDATE batch_lines l SET away = false FROM back WHERE l.batch_id = $1 AND l.index = back.index AND l.outcome IS NULL`;

interface LineToHandIn extends LineRef {
  readonly body: Buffer;
}

/** The tables `provider_batches` and `offloaded_lines`: what waits at providers. What is to be told a provider stands here first. */
@Injectable()
export class OffloadStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly seal: Seal,
  ) {}

  /** A line that its owner does not answer, to be handed in. False: the owner has lost it, or it went there before. */
  async take({ batchId, index }: LineRef, owner: string, line: OffloadedLine): Promise<boolean> {
    const body = this.seal.close(line.body, bodyPlace(batchId, index));
    const rows: unknown[] = await this.dataSource.query(TAKE, [
      ...[batchId, index, owner, line.provider, line.model, line.upstreamModel, body, line.body.length],
      ...[line.digest, line.seedId, line.expectedUsd, new Date(line.askedAt)],
    ]);
    return rows.length > 0;
  }

  /** Makes one batch for a provider of what was gathered, if it is time; `now`: ms since the epoch. False: there is none to make. */
  async bundle(batchId: string, id: string, now: number): Promise<boolean> {
    const before = [new Date(now - GATHER_MS), new Date(now - MAX_GATHER_MS)];
    const [, taken]: [unknown, number] = await this.dataSource.query(BUNDLE, [batchId, id, ...before]);
    return taken > 0;
  }

  /** What waits at providers or is to go there: nobody has to look after a batch without. */
  async isAway(batchId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `(SELECT 1 FROM batch_lines WHERE batch_id = $1 AND outcome IS NULL AND away LIMIT 1)
       UNION ALL (SELECT 1 FROM provider_batches WHERE batch_id = $1 AND ended_at IS NULL LIMIT 1)`,
      [batchId],
    );
    return rows.length > 0;
  }

  /** One that is to be looked after now, held for a while; `whenever`: also before it is time. Null: there is none. */
  async next(batchId: string, whenever = false): Promise<ProviderBatch | null> {
    const [rows]: [ProviderBatchRow[], number] = await this.dataSource.query(
      `UPDATE provider_batches SET leased_until = ${HOLD_END} WHERE id = (
         SELECT id FROM provider_batches
         WHERE batch_id = $1 AND ended_at IS NULL AND ($2::boolean OR next_at <= now())
           AND (leased_until IS NULL OR leased_until < now())
         ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [batchId, whenever],
    );
    return rows[0] ? toProviderBatch(rows[0]) : null;
  }

  async hold(id: string): Promise<void> {
    await this.dataSource.query(`UPDATE provider_batches SET leased_until = ${HOLD_END} WHERE id = $1::uuid`, [id]);
  }

  /** Before the provider is told. */
  async submitting(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE provider_batches SET state = 'submitting', tries = tries + 1 WHERE id = $1::uuid AND ended_at IS NULL`,
      [id],
    );
  }

  /** To be looked at again after so long. */
  async wait(id: string, phase: ProviderBatchPhase, afterMs: number, upstream: UpstreamBatch | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE provider_batches SET state = $2, upstream = coalesce($4::jsonb, upstream), polls = polls + 1, leased_until = NULL,
         next_at = now() + $3::float8 * interval '1 ms'
       WHERE id = $1::uuid AND ended_at IS NULL`,
      [id, phase, afterMs, upstream && JSON.stringify(upstream)],
    );
  }

  /** What a provider is to be asked, in the order of the input; lines that have their answer are left out. */
  async lines({ id, batchId }: ProviderBatch): Promise<LineToHandIn[]> {
    const rows: { index: number; body: Uint8Array }[] = await this.dataSource.query(
      `SELECT index, body FROM offloaded_lines
       WHERE provider_batch = $1::uuid AND result IS NULL AND NOT returned AND body IS NOT NULL ORDER BY index`,
      [id],
    );
    return rows.map(({ index, body }) => ({
      ...{ batchId, index },
      body: this.seal.open(body, bodyPlace(batchId, index)),
    }));
  }

  /** Answers of a provider, which are here `now`, ms since the epoch; those that are there already stay. Their lines are handed out again. */
  async keep(
    { id, batchId }: ProviderBatch,
    results: readonly { readonly index: number; readonly status: number; readonly body: Buffer }[],
    now: number,
  ): Promise<void> {
    const parameters = [
      ...[batchId, id, results.map(({ index }) => index), results.map(({ status }) => status)],
      results.map(({ index, body }) => this.seal.close(body, resultPlace(batchId, index))),
      ...[results.map(() => newTraceId(now)), new Date(now)],
    ];
    await afterDeadlocks(() => this.dataSource.query(KEEP, parameters));
  }

  /** What came back for a line is of no use: it is asked as any other. */
  async dismiss({ batchId, index }: LineRef): Promise<void> {
    await this.dataSource.query(
      'UPDATE offloaded_lines SET returned = true, status = NULL, result = NULL WHERE batch_id = $1 AND index = $2::int',
      [batchId, index],
    );
  }

  /** Nothing more comes of it. */
  async end({ id, batchId }: ProviderBatch, reason: string): Promise<void> {
    await afterDeadlocks(() => this.dataSource.query(END, [batchId, id, reason]));
  }

  /** Lines that go nowhere any more before they went: there is too little time. */
  async takeBack(batchId: string): Promise<void> {
    await afterDeadlocks(() =>
      this.dataSource.query(
        `WITH ${BATCH_HELD}, back AS (
           UPDATE offloaded_lines o SET returned = true, body = NULL FROM held WHERE ${GATHERED} AND o.result IS NULL RETURNING o.index
         )
         UPDATE batch_lines l SET away = false FROM back WHERE l.batch_id = $1 AND l.index = back.index AND l.outcome IS NULL`,
        [batchId],
      ),
    );
  }

  /** What a tenant's lines that are with providers, or on their way, are expected to cost, USD. */
  async outUsd(tenantId: string): Promise<number> {
    const [row]: { usd: number }[] = await this.dataSource.query(
      `SELECT coalesce(sum(o.expected_usd), 0)::float8 AS usd
       FROM batches b JOIN batch_lines l ON l.batch_id = b.id AND l.outcome IS NULL
         JOIN offloaded_lines o ON o.batch_id = l.batch_id AND o.index = l.index AND NOT o.returned
       WHERE b.tenant_id = $1 AND b.ended_at IS NULL`,
      [tenantId],
    );
    return row?.usd ?? 0;
  }

  /** Batches that do not go on, of which a provider may not have heard yet. */
  async orphans(most: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT DISTINCT b.id FROM batches b JOIN provider_batches p ON p.batch_id = b.id AND p.ended_at IS NULL
       WHERE b.ended_at IS NOT NULL LIMIT $1::int`,
      [most],
    );
    return rows.map(({ id }) => id);
  }
}

const bodyPlace = (batchId: string, index: number): string => `offloaded_lines/${batchId}/${index}/body`;
