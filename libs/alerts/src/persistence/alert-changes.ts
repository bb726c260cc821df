import { newTraceId } from '@relay/core';
import type { EntityManager } from 'typeorm';
import type { AlertRule } from '../domain/rule';
import { nextStep, type OpenAlert, RETURN_MS, type Step } from '../domain/transition';
import type { Reading } from '../kinds/kind';
import { type AlertRow, contentOf } from './alert-rows';

/** What is written of one evaluation of one rule, in its transaction: the changes and, with them, what is to be told of them. */
export class AlertChanges {
  private readonly at: Date;

  constructor(
    private readonly transaction: EntityManager,
    private readonly now: number,
  ) {
    this.at = new Date(now);
  }

  async apply(rule: AlertRule, readings: readonly Reading[]): Promise<void> {
    const rows: AlertRow[] = await this.transaction.query(
      `SELECT * FROM alerts WHERE rule = $1 AND state <> 'resolved'`,
      [rule.id],
    );
    const open = new Map(rows.map((row) => [row.subject, row]));
    const values = new Map(readings.map(({ subject, value }) => [subject, value]));
    for (const subject of new Set([...open.keys(), ...values.keys()])) {
      const row = open.get(subject) ?? null;
      const value = values.get(subject) ?? null;
      await this.take(nextStep(rule, row && openAlert(row), value, this.now), rule, subject, row, value);
    }
  }

  /** Ends one whose rule is there no more; pending ones are forgotten. */
  async end(row: AlertRow): Promise<void> {
    if (row.state === 'pending') await this.drop(row);
    else await this.resolve(row);
  }

  private async take(
    step: Step,
    rule: AlertRule,
    subject: string,
    row: AlertRow | null,
    value: number | null,
  ): Promise<void> {
    if (step.kind === 'nothing') return;
    if (step.kind === 'open') return this.open(rule, subject, value ?? 0, step.firing);
    if (row === null) return;
    switch (step.kind) {
      case 'stay':
        return void (await this.update(row, value, {
          clear_since: step.clearSince === null ? null : new Date(step.clearSince),
        }));
      case 'fire':
        return this.tell(
          await this.update(row, value, {
            state: 'firing',
            fired_at: this.at,
            told_at: this.at,
            channels: rule.channels,
          }),
          'firing',
        );
      case 'repeat':
        return this.tell(await this.update(row, value, { told_at: this.at, clear_since: null }), 'repeat');
      case 'drop':
        return this.drop(row);
      case 'resolve':
        return this.resolve(row);
      default:
        return step satisfies never;
    }
  }

  private async open(rule: AlertRule, subject: string, value: number, firing: boolean): Promise<void> {
    const row: AlertRow = {
      ...{ id: newTraceId(this.now), rule: rule.id, subject, kind: rule.kind, scope: rule.scope },
      ...{ severity: rule.severity, state: firing ? 'firing' : 'pending', value, peak: value },
      ...{ threshold: rule.threshold, window_ms: String(rule.windowMs), channels: rule.channels, since: this.at },
      ...{ fired_at: firing ? this.at : null, told_at: firing ? this.at : null, clear_since: null, resolved_at: null },
      ...{ returns: await this.returnsOf(rule.id, subject), acknowledged_at: null, acknowledged_by: null },
    };
    const columns = Object.keys(row);
    await this.transaction.query(
      `INSERT INTO alerts (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values({ ...row, scope: JSON.stringify(row.scope) }),
    );
    if (firing) await this.tell(row, 'firing');
  }

  private async returnsOf(rule: string, subject: string): Promise<number> {
    const rows: { returns: number }[] = await this.transaction.query(
      `SELECT returns FROM alerts WHERE rule = $1 AND subject = $2 AND state = 'resolved' AND resolved_at > $3
       ORDER BY resolved_at DESC LIMIT 1`,
      [rule, subject, new Date(this.now - RETURN_MS)],
    );
    return rows[0] ? rows[0].returns + 1 : 0;
  }

  private async update(row: AlertRow, value: number | null, change: Partial<AlertRow>): Promise<AlertRow> {
    const seen = value === null ? {} : { value, peak: Math.max(row.peak, value) };
    const next = { ...seen, ...change };
    const columns = Object.keys(next);
    await this.transaction.query(
      `UPDATE alerts SET ${columns.map((column, i) => `${column} = $${i + 2}`).join(', ')} WHERE id = $1`,
      [row.id, ...Object.values(next)],
    );
    return { ...row, ...next };
  }

  private async drop({ id }: AlertRow): Promise<void> {
    await this.transaction.query('DELETE FROM alerts WHERE id = $1', [id]);
  }

  private async resolve(row: AlertRow): Promise<void> {
    await this.tell(await this.update(row, null, { state: 'resolved', resolved_at: this.at }), 'resolved');
  }

  /** One notice for each channel, written with the change itself: told once, and not forgotten. */
  private async tell(row: AlertRow, event: 'firing' | 'repeat' | 'resolved'): Promise<void> {
    const content = JSON.stringify(contentOf(row, event));
    for (const channel of row.channels) {
      await this.transaction.query(
        `INSERT INTO alert_notices (id, alert, channel, event, content, state, at, due_at)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6)`,
        [newTraceId(this.now), row.id, channel, event, content, this.at],
      );
    }
  }
}

function openAlert(row: AlertRow): OpenAlert {
  return {
    state: row.state === 'pending' ? 'pending' : 'firing',
    since: row.since.getTime(),
    clearSince: row.clear_since?.getTime() ?? null,
    toldAt: row.told_at?.getTime() ?? null,
    acknowledged: row.acknowledged_at !== null,
    returns: row.returns,
  };
}
