import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock, err, ok, type Result } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import type { Budget, BudgetPeriod } from '../domain/budgets/budget';
import { unitsOf, usdOf } from '../domain/budgets/usd-units';

/** Budgets that there may be: every process reads all of them. */
export const MAX_BUDGETS = 50_000;
const COLUMNS = 'id, tenant, key_id, period, limit_usd, hard, alerts';

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly key_id: string | null;
  readonly period: BudgetPeriod;
  readonly limit_usd: string;
  readonly hard: boolean;
  readonly alerts: readonly string[];
}

export interface NewBudget {
  readonly tenant: string;
  readonly keyId: string | null;
  readonly period: BudgetPeriod;
  readonly limitUsd: string;
  readonly hard: boolean;
  readonly alerts: readonly number[];
}

export interface BudgetChange {
  readonly limitUsd?: string | undefined;
  readonly hard?: boolean | undefined;
  readonly alerts?: readonly number[] | undefined;
}

/** The table `budgets`. */
@Injectable()
export class BudgetTable {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async all(): Promise<Budget[]> {
    const rows: Row[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM budgets ORDER BY id LIMIT $1`, [
      MAX_BUDGETS,
    ]);
    return rows.map(toBudget);
  }

  /** Changes with every change of the table; a sum, because changes need not be committed in the order of their times. */
  async version(): Promise<string> {
    const [row]: { version: string }[] = await this.dataSource.query(
      `SELECT count(*) || ' ' || coalesce(sum(extract(epoch FROM updated_at)), 0) AS version FROM budgets`,
    );
    return row?.version ?? '';
  }

  /** Errors: there is one of that tenant, key and period; there are as many as there may be. Who adds one waits for who adds another. */
  async add(budget: NewBudget, transaction: EntityManager): Promise<Result<Budget, 'taken' | 'full'>> {
    const { tenant, keyId, period, limitUsd, hard, alerts } = budget;
    await transaction.query('LOCK TABLE budgets IN SHARE ROW EXCLUSIVE MODE');
    const rows: Row[] = await transaction.query(
      `INSERT INTO budgets (${COLUMNS}, created_at, updated_at)
       SELECT $1::uuid, $2::text, $3::text, $4::text, $5::numeric, $6::boolean, $7::numeric[], $8::timestamptz, clock_timestamp()
       WHERE (SELECT count(*) FROM budgets) < ${MAX_BUDGETS}
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [randomUUID(), tenant, keyId, period, limitUsd, hard, sorted(alerts), new Date(this.clock.now())],
    );
    if (rows[0]) return ok(toBudget(rows[0]));
    return err((await this.isTaken(budget, transaction)) ? 'taken' : 'full');
  }

  private async isTaken({ tenant, keyId, period }: NewBudget, transaction: EntityManager): Promise<boolean> {
    const rows: unknown[] = await transaction.query(
      'SELECT FROM budgets WHERE tenant = $1 AND key_id IS NOT DISTINCT FROM $2::text AND period = $3',
      [tenant, keyId, period],
    );
    return rows.length > 0;
  }

  /** Null: there is none with that id. */
  async change(id: string, change: BudgetChange, transaction: EntityManager): Promise<Budget | null> {
    const found: [Row[], number] = await transaction.query(
      `UPDATE budgets SET limit_usd = coalesce($2, limit_usd), hard = coalesce($3, hard), alerts = coalesce($4, alerts),
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, change.limitUsd ?? null, change.hard ?? null, change.alerts ? sorted(change.alerts) : null],
    );
    const [row] = found[0];
    return row ? toBudget(row) : null;
  }

  async remove(id: string, transaction: EntityManager): Promise<boolean> {
    const [, removed]: [unknown, number] = await transaction.query('DELETE FROM budgets WHERE id = $1', [id]);
    return removed > 0;
  }
}

const sorted = (alerts: readonly number[]): number[] => [...alerts].sort((a, b) => a - b);

function toBudget({ id, tenant, key_id: keyId, period, limit_usd: limit, hard, alerts }: Row): Budget {
  const said = { tenantId: tenant, keyId, period, limitUsd: usdOf(unitsOf(limit)), hard, alerts: alerts.map(Number) };
  return { id, source: 'database', ...said };
}
