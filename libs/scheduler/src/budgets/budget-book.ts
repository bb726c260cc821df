import { Injectable } from '@nestjs/common';
import { ConfigStore, type RelayConfig } from '@relay/config';
import type { Budget, BudgetPeriod } from '../domain/budgets/budget';

interface TenantBudgets {
  readonly own: readonly Budget[];
  readonly byKey: ReadonlyMap<string, readonly Budget[]>;
}

const NONE: readonly Budget[] = [];
/** Digits behind the point that budgets are counted in, and the least that one can be. */
const USD_DIGITS = 9;
const LEAST_USD = 1e-9;

/** Budgets in force: those of relay.yaml and those of the database, as this process knows them. */
@Injectable()
export class BudgetBook {
  private configured: readonly Budget[] = [];
  private stored: readonly Budget[] = [];
  private hard = new Map<string, TenantBudgets>();
  private onStored: () => Promise<void> = () => Promise.resolve();

  constructor(store: ConfigStore) {
    store.register({
      name: 'budgets',
      prepare: (config) => ({ problems: [], apply: () => this.configure(config) }),
    });
  }

  /** Hard budgets that a request of the tenant with this key counts for. */
  hardOf(tenantId: string, keyId: string): readonly Budget[] {
    const known = this.hard.get(tenantId);
    if (known === undefined) return NONE;
    const ofKey = known.byKey.get(keyId);
    return ofKey === undefined ? known.own : [...known.own, ...ofKey];
  }

  all(): readonly Budget[] {
    return [...this.configured, ...this.stored];
  }

  /** `listener` is called, and waited for, whenever the budgets of the database have changed. It never rejects. */
  whenStored(listener: () => Promise<void>): void {
    this.onStored = listener;
  }

  /** What the database has now. */
  async store(budgets: readonly Budget[]): Promise<void> {
    this.stored = budgets;
    this.arrange();
    await this.onStored();
  }

  private configure({ tenants }: RelayConfig): void {
    this.configured = tenants.flatMap(({ id, budget }) => (budget ? budgetsOf(id, budget) : []));
    this.arrange();
  }

  private arrange(): void {
    const byTenant = new Map<string, Budget[]>();
    for (const budget of this.all().filter(({ hard }) => hard)) {
      const known = byTenant.get(budget.tenantId);
      if (known) known.push(budget);
      else byTenant.set(budget.tenantId, [budget]);
    }
    this.hard = new Map([...byTenant].map(([tenantId, budgets]) => [tenantId, byScope(budgets)]));
  }
}

function byScope(budgets: readonly Budget[]): TenantBudgets {
  const byKey = new Map<string, Budget[]>();
  for (const budget of budgets) {
    if (budget.keyId !== null) byKey.set(budget.keyId, [...(byKey.get(budget.keyId) ?? []), budget]);
  }
  return { own: budgets.filter(({ keyId }) => keyId === null), byKey };
}

function budgetsOf(tenantId: string, said: NonNullable<RelayConfig['tenants'][number]['budget']>): Budget[] {
  const budget = (period: BudgetPeriod, limit: number | undefined): Budget[] => {
    if (limit === undefined) return [];
    const limitUsd = plainUsd(limit);
    const { hard, alerts } = said;
    return [
      { id: `config:${tenantId}:${period}`, source: 'config', tenantId, keyId: null, period, limitUsd, hard, alerts },
    ];
  };
  return [...budget('month', said.monthlyUsd), ...budget('day', said.dailyUsd)];
}

/** Without an exponent. */
const plainUsd = (usd: number): string =>
  Math.max(usd, LEAST_USD)
    .toFixed(USD_DIGITS)
    .replace(/\.?0+$/, '');
