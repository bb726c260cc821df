import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { type Budget, periodBounds } from '../domain/budgets/budget';

export interface BudgetAlert {
  readonly budget: Budget;
  readonly threshold: number; // share of the limit
  readonly spentUsd: string;
  readonly periodStart: number; // ms since the epoch
}

export type BudgetAlertListener = (alert: BudgetAlert) => void;

/** Once for each threshold in a period, over all processes and restarts. */
const RECORD = `
  INSERT INTO budget_alerts (id, budget_id, tenant, key_id, threshold, spent_usd, limit_usd, period, period_start, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (budget_id, period, period_start, threshold) DO NOTHING RETURNING id`;

/** Thresholds that budgets have crossed: told once, to the table `budget_alerts` and to who listens in this process. */
@Injectable()
export class BudgetAlerts {
  private readonly logger = new Logger(BudgetAlerts.name);
  private readonly listeners = new Set<BudgetAlertListener>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The returned function ends it. */
  listen(listener: BudgetAlertListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Of a budget of whose period so much was spent. */
  async note(budget: Budget, spentUsd: string): Promise<void> {
    for (const threshold of crossed(budget, spentUsd)) await this.tell(budget, threshold, spentUsd);
  }

  private async tell(budget: Budget, threshold: number, spentUsd: string): Promise<void> {
    const now = this.clock.now();
    const { start } = periodBounds(budget.period, now);
    const { id, tenantId, keyId, period, limitUsd } = budget;
    const values = [
      randomUUID(),
      id,
      tenantId,
      keyId,
      threshold,
      spentUsd,
      limitUsd,
      period,
      new Date(start),
      new Date(now),
    ];
    const rows: unknown[] = await this.dataSource.query(RECORD, values);
    if (rows.length === 0) return;
    for (const listener of this.listeners) {
      try {
        listener({ budget, threshold, spentUsd, periodStart: start });
      } catch (error) {
        this.logger.error(error, 'a listener of budget alerts failed');
      }
    }
  }
}

/** Thresholds that the spend has reached; at the limit itself to the last nano USD. */
export const crossed = ({ alerts, limitUsd }: Pick<Budget, 'alerts' | 'limitUsd'>, spentUsd: string): number[] =>
  alerts.filter((threshold) => Number(spentUsd) >= threshold * limitUsd);
