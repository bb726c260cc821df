import { type AlertRuleInput, alertRuleSchema } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** Rules of the database; more are refused. */
export const MAX_STORED_RULES = 200;

/** Rules made over the API. */
@Injectable()
export class RuleStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A rule that this version does not understand is left out: it comes from a newer one. */
  async all(): Promise<AlertRuleInput[]> {
    const rows: { rule: unknown }[] = await this.dataSource.query('SELECT rule FROM alert_rules ORDER BY id');
    return rows.flatMap(({ rule }) => alertRuleSchema.safeParse(rule).data ?? []);
  }

  async put(rule: AlertRuleInput, transaction: EntityManager): Promise<void> {
    await transaction.query(
      `INSERT INTO alert_rules (id, rule, created_at) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET rule = excluded.rule`,
      [rule.id, JSON.stringify(rule), new Date(this.clock.now())],
    );
  }

  async remove(id: string, transaction: EntityManager): Promise<void> {
    await transaction.query('DELETE FROM alert_rules WHERE id = $1', [id]);
  }
}
