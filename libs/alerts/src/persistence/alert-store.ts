import type { Alert, AlertNotice, AlertPage, AlertQuery } from '@relay/contracts';
import { CLOCK, type Clock, err, isUuid, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { AlertRule } from '../domain/rule';
import type { Reading } from '../kinds/kind';
import { AlertChanges } from './alert-changes';
import { type AlertRow, toAlert } from './alert-rows';
import { NOTICE_COLUMNS, type NoticeRow, toNotice } from './notice-rows';

/** Changes of alerts are made one after the other, over all processes ("ALRT" in ASCII). */
const CHANGE_LOCK = 0x414c5254;
const DAY_MS = 86_400_000;

/** What fired, what fires, and since when. */
@Injectable()
export class AlertStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whom a rule has alerts of that are not resolved. */
  async openSubjects(rule: string): Promise<string[]> {
    const rows: { subject: string }[] = await this.dataSource.query(
      `SELECT subject FROM alerts WHERE rule = $1 AND state <> 'resolved'`,
      [rule],
    );
    return rows.map(({ subject }) => subject);
  }

  /** What a rule found at `now`. All of it, with its notices, or nothing. */
  async apply(rule: AlertRule, readings: readonly Reading[], now: number): Promise<void> {
    await this.dataSource.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [CHANGE_LOCK]);
      await new AlertChanges(transaction, now).apply(rule, readings);
    });
  }

  /** Ends the alerts of all rules but these: theirs were removed or switched off. */
  async endOthers(rules: readonly string[], now: number): Promise<void> {
    await this.dataSource.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [CHANGE_LOCK]);
      const rows: AlertRow[] = await transaction.query(
        `SELECT * FROM alerts WHERE state <> 'resolved' AND NOT rule = ANY ($1::text[])`,
        [rules],
      );
      const changes = new AlertChanges(transaction, now);
      for (const row of rows) await changes.end(row);
    });
  }

  /** Newest first. `from` is inclusive, `to` is not. */
  async list(query: AlertQuery): Promise<Result<AlertPage, RelayError>> {
    const { limit, cursor, state = null, severity = null, rule = null, from = null, to = null } = query;
    if (cursor !== undefined && !isUuid(cursor)) {
      const message = 'cursor: not a cursor of this list; allowed: the nextCursor of a page before';
      return err(new RelayError('invalid_request', message, { param: 'cursor' }));
    }
    const rows: AlertRow[] = await this.dataSource.query(
      `SELECT * FROM alerts
       WHERE ($1::uuid IS NULL OR id < $1) AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR severity = $3)
         AND ($4::text IS NULL OR rule = $4) AND ($5::timestamptz IS NULL OR since >= $5) AND ($6::timestamptz IS NULL OR since < $6)
       ORDER BY id DESC LIMIT $7`,
      [cursor ?? null, state, severity, rule, from, to, limit + 1],
    );
    const page = rows.slice(0, limit);
    const data = await this.withNotices(page);
    return ok({ data, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null });
  }

  /** Whoever acknowledges an alert that is not resolved is not told again that it fires; null: there is none of that id. */
  async acknowledge(id: string, by: string, transaction: EntityManager): Promise<boolean> {
    const rows: unknown[] = await transaction.query(
      `WITH changed AS (
         UPDATE alerts SET acknowledged_at = coalesce(acknowledged_at, $2), acknowledged_by = coalesce(acknowledged_by, $3)
         WHERE id = $1 AND state <> 'resolved' RETURNING id)
       SELECT id FROM changed`,
      [id, new Date(this.clock.now()), by],
    );
    return rows.length > 0;
  }

  async find(id: string): Promise<Alert | null> {
    if (!isUuid(id)) return null;
    const rows: AlertRow[] = await this.dataSource.query('SELECT * FROM alerts WHERE id = $1', [id]);
    return (await this.withNotices(rows))[0] ?? null;
  }

  async firing(): Promise<{ firing: number; critical: number }> {
    const rows: { firing: string; critical: string }[] = await this.dataSource.query(
      `SELECT count(*) AS firing, count(*) FILTER (WHERE severity = 'critical') AS critical FROM alerts WHERE state = 'firing'`,
    );
    return { firing: Number(rows[0]?.firing ?? 0), critical: Number(rows[0]?.critical ?? 0) };
  }

  /** Forgets what was resolved so long ago; its notices go with it. */
  async forget(retentionDays: number): Promise<void> {
    await this.dataSource.query(`DELETE FROM alerts WHERE state = 'resolved' AND resolved_at < $1`, [
      new Date(this.clock.now() - retentionDays * DAY_MS),
    ]);
  }

  private async withNotices(rows: readonly AlertRow[]): Promise<Alert[]> {
    const notices: (NoticeRow & { alert: string })[] = await this.dataSource.query(
      `SELECT alert, ${NOTICE_COLUMNS} FROM alert_notices WHERE alert = ANY ($1::uuid[]) ORDER BY id`,
      [rows.map(({ id }) => id)],
    );
    const of = (id: string): AlertNotice[] => notices.filter(({ alert }) => alert === id).map(toNotice);
    return rows.map((row) => toAlert(row, of(row.id)));
  }
}
