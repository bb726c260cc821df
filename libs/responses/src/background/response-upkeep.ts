import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ConfigStore } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import type { ResponseName } from './background.store';
import { ResponseQueue } from './response-queue';

const DAY_MS = 86_400_000;
/** Removed by one statement, so that none holds locks for long. */
const REMOVED_AT_ONCE = 1_000;
/** Statements of one round; the next one goes on. */
const MAX_STATEMENTS = 1_000;
/** Read at a time, to be put back into the queue. */
const LOST_AT_ONCE = 1_000;
/** One that is younger is on its way into the queue. */
const LOST_AFTER_MS = 30_000;
const OPEN = `status IN ('queued', 'in_progress')`;
/** With how many of its tenant stand before each, so that who has few goes first. Leases go by the database's clock. */
const LOST = `
  SELECT tenant_id AS "tenantId", id, before FROM (
    SELECT tenant_id, id, created_at, leased_until, row_number() OVER (PARTITION BY tenant_id ORDER BY id)::int - 1 AS before
    FROM responses WHERE ${OPEN}) open
  WHERE (leased_until IS NULL OR leased_until <= now()) AND created_at <= $1 AND (tenant_id, id) > ($2, $3)
  ORDER BY tenant_id, id LIMIT ${LOST_AT_ONCE}`;

interface LostResponse extends ResponseName {
  readonly before: number;
}

/** Keeps the table `responses` in bounds, and responses in the background going. Everything rejects when the database is away. */
@Injectable()
export class ResponseUpkeep {
  private readonly logger = new Logger(ResponseUpkeep.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly queue: ResponseQueue,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    await this.addLost();
    const old = await this.removeOld();
    const beyond = await this.removeBeyondBound();
    if (old + beyond > 0)
      this.logger.log(`removed ${old} responses past their time, ${beyond} beyond the bound of their tenant`);
  }

  /** Those that have not ended and whose job was lost, expired ones included: whoever takes one up ends it. */
  private async addLost(): Promise<void> {
    for (let [tenant, id] = ['', '']; ;) {
      const rows: LostResponse[] = await this.dataSource.query(LOST, [
        ...[new Date(this.clock.now() - LOST_AFTER_MS), tenant, id],
      ]);
      for (const row of rows) await this.queue.add(row, row.before);
      const last = rows.at(-1);
      if (!last || rows.length < LOST_AT_ONCE) return;
      [tenant, id] = [last.tenantId, last.id];
    }
  }

  private removeOld(): Promise<number> {
    const before = new Date(this.clock.now() - this.config.current.responses.retentionDays * DAY_MS);
    return this.repeat(
      `DELETE FROM responses WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM responses WHERE created_at < $1 AND NOT ${OPEN} LIMIT ${REMOVED_AT_ONCE}))`,
      [before],
    );
  }

  private async removeBeyondBound(): Promise<number> {
    const { maxBytesPerTenant } = this.config.current.responses;
    const tenants: { tenant_id: string }[] = await this.dataSource.query(
      `SELECT tenant_id FROM responses GROUP BY tenant_id HAVING sum(bytes) > $1::bigint`,
      [maxBytesPerTenant],
    );
    let removed = 0;
    for (const { tenant_id: tenantId } of tenants) removed += await this.trim(tenantId, maxBytesPerTenant);
    return removed;
  }

  /** The newest stay. */
  private trim(tenantId: string, maxBytes: number): Promise<number> {
    return this.repeat(
      `DELETE FROM responses WHERE tenant_id = $1 AND NOT ${OPEN} AND id IN (
         SELECT id FROM (
           SELECT id, created_at, sum(bytes) OVER (ORDER BY created_at DESC, id DESC) AS total
           FROM responses WHERE tenant_id = $1) kept
         WHERE total > $2::bigint ORDER BY created_at LIMIT ${REMOVED_AT_ONCE})`,
      [tenantId, maxBytes],
    );
  }

  private async repeat(statement: string, parameters: readonly unknown[]): Promise<number> {
    let removed = 0;
    for (let n = 0; n < MAX_STATEMENTS; n++) {
      const [, count]: [unknown, number] = await this.dataSource.query(statement, [...parameters]);
      removed += count;
      if (count < REMOVED_AT_ONCE) break;
    }
    return removed;
  }
}
