import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock, periodBounds } from '@relay/core';
import { DataSource } from 'typeorm';
import type { Budget } from '../domain/budgets/budget';
import { crossed } from '../domain/budgets/crossed';

const DAY_MS = 86_400_000;
/** Crossings are kept as long as hours of usage, days. */
const KEPT_DAYS = 400;

/**
 * Once for each threshold of a limit in a period, over all processes and restarts. What is not crossed any more has ended: the limit was raised,
 * the threshold or the budget taken away. Where that is taken back, it holds again.
 */
const RECORD = `
  WITH crossed AS (
    SELECT * FROM json_to_recordset($1::json) AS t(id uuid, budget_id text, tenant text, key_id text, threshold numeric(6, 4),
      spent_usd numeric(32, 12), limit_usd numeric(20, 9), period text, period_start timestamptz)
  ), ended AS (
    UPDATE budget_alerts known SET ended_at = $2 WHERE ended_at IS NULL AND period_start IN ($3, $4) AND NOT EXISTS (
      SELECT FROM crossed WHERE (crossed.budget_id, crossed.period, crossed.period_start, crossed.threshold, crossed.limit_usd)
        = (known.budget_id, known.period, known.period_start, known.threshold, known.limit_usd))
  )
  INSERT INTO budget_alerts (id, budget_id, tenant, key_id, threshold, spent_usd, limit_usd, period, period_start, at)
  SELECT *, $2 FROM crossed ORDER BY budget_id, threshold
  ON CONFLICT (budget_id, period, period_start, threshold, limit_usd) DO UPDATE SET ended_at = NULL
  WHERE budget_alerts.ended_at IS NOT NULL`;

/** Thresholds that budgets have crossed: the table `budget_alerts`. */
@Injectable()
export class BudgetAlerts {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of all budgets that there are, with what was spent of each in its period, USD by id. */
  async record(budgets: readonly Budget[], spentUsd: ReadonlyMap<string, string>): Promise<void> {
    const now = this.clock.now();
    const rows = budgets.flatMap((budget) => rowsOf(budget, spentUsd.get(budget.id) ?? '0', now));
    const starts = [periodBounds('month', now), periodBounds('day', now)].map(({ start }) => new Date(start));
    await this.dataSource.query(RECORD, [JSON.stringify(rows), new Date(now), ...starts]);
  }

  /** Forgets those of periods that began too long ago. */
  async forget(): Promise<void> {
    const before = new Date(this.clock.now() - KEPT_DAYS * DAY_MS);
    await this.dataSource.query('DELETE FROM budget_alerts WHERE period_start < $1', [before]);
  }
}

function rowsOf(budget: Budget, spentUsd: string, now: number): object[] {
  const { id: budgetId, tenantId: tenant, keyId, period, limitUsd } = budget;
  const start = new Date(periodBounds(period, now).start);
  return crossed(budget, spentUsd).map((threshold) => ({
    ...{ id: randomUUID(), budget_id: budgetId, tenant, key_id: keyId, threshold },
    ...{ spent_usd: spentUsd, limit_usd: limitUsd, period, period_start: start },
  }));
}
