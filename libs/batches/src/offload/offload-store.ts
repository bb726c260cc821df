import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { afterDeadlocks } from '@relay/database';
import type { LineRef } from '../batches/line-store';
import { Seal } from '../seal';
import { bodyPlace, digestPlace, type OffloadedLine } from './offload-rows';
import { BATCH_HELD, GATHERED } from './provider-batch-statements';

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

/** What of a batch is with providers or on its way there: lines of it in any case, and what those are in that providers have batches of. */
export interface OutThere {
  readonly away: boolean;
  readonly batches: number;
  readonly lines: number;
}

/** The table `offloaded_lines`: lines that wait at providers, or on their way there. */
@Injectable()
export class OffloadStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly seal: Seal,
  ) {}

  /** A line that its owner does not answer, to be handed in. False: the owner has lost it, or it went there before. */
  async take({ batchId, index }: LineRef, owner: string, line: OffloadedLine): Promise<boolean> {
    const body = this.seal.close(line.body, bodyPlace(batchId, index));
    const digest = this.seal.close(Buffer.from(line.digest), digestPlace(batchId, index)).toString('base64');
    const rows: unknown[] = await this.dataSource.query(TAKE, [
      ...[batchId, index, owner, line.provider, line.model, line.upstreamModel, body, line.body.length],
      ...[digest, line.seedId, line.expectedUsd, new Date(line.askedAt)],
    ]);
    return rows.length > 0;
  }

  /** What waits at providers or is to go there: nobody has to look after a batch without. */
  async out(batchId: string): Promise<OutThere> {
    const [row]: OutThere[] = await this.dataSource.query(
      `SELECT count(*)::int AS batches, coalesce(sum(lines), 0)::int AS lines,
         count(*) > 0 OR EXISTS (SELECT 1 FROM batch_lines WHERE batch_id = $1 AND outcome IS NULL AND away) AS away
       FROM provider_batches WHERE batch_id = $1 AND ended_at IS NULL AND state <> 'owed'`,
      [batchId],
    );
    return row ?? { away: false, batches: 0, lines: 0 };
  }

  /** What came back for a line is of no use: it is asked as any other. */
  async dismiss({ batchId, index }: LineRef): Promise<void> {
    await this.dataSource.query(
      'UPDATE offloaded_lines SET returned = true, status = NULL, result = NULL WHERE batch_id = $1 AND index = $2::int',
      [batchId, index],
    );
  }

  /** Lines that no provider's batch has yet: they are asked as any other. */
  async takeBack(batchId: string): Promise<boolean> {
    const [, back]: [unknown, number] = await afterDeadlocks(() =>
      this.dataSource.query(
        `WITH ${BATCH_HELD}, back AS (
           UPDATE offloaded_lines o SET returned = true, body = NULL FROM held
           WHERE ${GATHERED} AND o.result IS NULL RETURNING o.index
         )
         UPDATE batch_lines l SET away = false FROM back WHERE l.batch_id = $1 AND l.index = back.index AND l.outcome IS NULL`,
        [batchId],
      ),
    );
    return back > 0;
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
}
