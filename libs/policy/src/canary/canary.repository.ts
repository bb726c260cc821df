import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { CanaryGuardrails, CanaryJudgement, Unit } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import type { CanaryRow } from './canary.rows';

const SELECT = `
  SELECT c.id, c.version_id, v.name || '@' || v.version AS label, c.against, c.share, c.unit, c.guardrails, c.status,
    c.started_by, c.started_at, c.ended_by, c.ended_at, c.reason, c.judgement
  FROM policy_canaries c JOIN policy_versions v ON v.id = c.version_id`;

export interface NewCanary {
  readonly versionId: string;
  readonly against: string; // name@version
  readonly share: number;
  readonly unit: Unit;
  readonly guardrails: CanaryGuardrails;
  readonly startedBy: string;
  readonly startedAt: Date;
}

export interface CanaryEnd {
  readonly status: 'promoted' | 'stopped';
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
  /** What it was found to be, where that is why; otherwise the last judgement stays. */
  readonly judgement?: CanaryJudgement;
}

/** Canaries in the database. What begins or ends one takes the manager of `PolicyVersionRepository.change`. */
@Injectable()
export class CanaryRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async running(manager: Pick<EntityManager, 'query'> = this.dataSource): Promise<CanaryRow | undefined> {
    const [row]: CanaryRow[] = await manager.query(`${SELECT} WHERE c.status = 'running'`);
    return row;
  }

  /** The one that runs, or else the last one. */
  async newest(): Promise<CanaryRow | undefined> {
    const [row]: CanaryRow[] = await this.dataSource.query(
      `${SELECT} ORDER BY (c.status = 'running') DESC, c.started_at DESC, c.id DESC LIMIT 1`,
    );
    return row;
  }

  async begin(canary: NewCanary, transaction: EntityManager): Promise<void> {
    const { versionId, against, share, unit, guardrails, startedBy, startedAt } = canary;
    await transaction.query(
      `INSERT INTO policy_canaries (id, version_id, against, share, unit, guardrails, status, started_by, started_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8)`,
      [
        newTraceId(startedAt.getTime()),
        versionId,
        against,
        share,
        unit,
        JSON.stringify(guardrails),
        startedBy,
        startedAt,
      ],
    );
    await transaction.query(`UPDATE policy_versions SET status = 'canary' WHERE id = $1`, [versionId]);
  }

  /** The version stays as it was tried: nobody changes it any more. One that is promoted is published next. */
  async end({ id, version_id: versionId }: CanaryRow, end: CanaryEnd, transaction: EntityManager): Promise<void> {
    const { status, by, at, reason, judgement } = end;
    await transaction.query(
      `UPDATE policy_canaries SET status = $2, ended_by = $3, ended_at = $4, reason = $5, judgement = coalesce($6::jsonb, judgement)
       WHERE id = $1`,
      [id, status, by, at, reason, judgement === undefined ? null : JSON.stringify(judgement)],
    );
    if (status === 'stopped')
      await transaction.query(`UPDATE policy_versions SET status = 'stopped' WHERE id = $1`, [versionId]);
  }

  /** Nothing if it has ended meanwhile. */
  async judge(id: string, judgement: CanaryJudgement): Promise<void> {
    await this.dataSource.query(`UPDATE policy_canaries SET judgement = $2 WHERE id = $1 AND status = 'running'`, [
      id,
      JSON.stringify(judgement),
    ]);
  }
}
