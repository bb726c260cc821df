import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import type { Budget, BudgetPeriod } from '../domain/budgets/budget';

/** Budgets that a process reads; more than a relay has tenants and keys with one. */
const MAX_BUDGETS = 50_000;
const COLUMNS = 'id, tenant, key_id, period, limit_usd, hard, alerts';
const UNIQUE_VIOLATION = '23505';

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

  /** Null: there is one of that tenant, key and period. */
  async add(budget: NewBudget, transaction: EntityManager): Promise<Budget | null> {
    const { tenant, keyId, period, limitUsd, hard, alerts } = budget;
    const now = new Date(this.clock.now());
    try {
      const rows: Row[] = await transaction.query(
        `INSERT INTO budgets (${COLUMNS}, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
         RETURNING ${COLUMNS}`,
        [randomUUID(), tenant, keyId, period, limitUsd, hard, sorted(alerts), now],
      );
      return rows[0] ? toBudget(rows[0]) : null;
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return null;
      throw error;
    }
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
  const said = { tenantId: tenant, keyId, period, limitUsd: Number(limit), hard, alerts: alerts.map(Number) };
  return { id, source: 'database', ...said };
}
