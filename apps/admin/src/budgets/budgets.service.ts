import { ApiKeyService, AuditLog, type AuthenticatedUser, maySeeTenant, tenantScope } from '@relay/auth';
import type { BudgetPage, BudgetQuery, BudgetView, CreateBudget, UpdateBudget } from '@relay/contracts';
import { CLOCK, type Clock, isUuid, RelayError } from '@relay/core';
import { type Budget, BudgetBook, Budgets, BudgetTable, BudgetWatch, MAX_BUDGETS } from '@relay/scheduler';
import { BudgetSpend } from '@relay/trace';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { TenantGate } from '../tenants/tenant-gate';
import { toBudgetView } from './budget-view';

/** Budgets with what was spent of them, and their changes. */
@Injectable()
export class BudgetsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly table: BudgetTable,
    private readonly book: BudgetBook,
    private readonly watch: BudgetWatch,
    private readonly budgets: Budgets,
    private readonly spend: BudgetSpend,
    private readonly keys: ApiKeyService,
    private readonly gate: TenantGate,
    private readonly log: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the order of their ids; the cursor is the last one. */
  async list(user: AuthenticatedUser, { tenant, limit, cursor = '' }: BudgetQuery): Promise<BudgetPage> {
    await this.watch.look();
    const scope = tenantScope(user);
    const seen = this.book
      .all()
      .filter(
        ({ id, tenantId }) => id > cursor && (scope ?? tenantId) === tenantId && (tenant ?? tenantId) === tenantId,
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = seen.slice(0, limit);
    return { data: await this.views(page), nextCursor: seen.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  async get(user: AuthenticatedUser, id: string): Promise<BudgetView> {
    return this.view(await this.find(user, id));
  }

  async create(user: AuthenticatedUser, asked: CreateBudget): Promise<BudgetView> {
    await this.gate.enter(user, asked.tenant, 'tenant');
    await this.refuseUnknownKey(asked);
    const created = await this.dataSource.transaction(async (transaction) => {
      const added = await this.table.add(asked, transaction);
      if (!added.ok) throw new RelayError('conflict', REFUSALS[added.error](asked));
      const budget = added.value;
      await this.tell(user, 'budget.create', budget, transaction);
      return budget;
    });
    await this.watch.look();
    return this.view(created);
  }

  async update(user: AuthenticatedUser, id: string, change: UpdateBudget): Promise<BudgetView> {
    await this.findStored(user, id);
    const changed = await this.dataSource.transaction(async (transaction) => {
      const budget = await this.table.change(id, change, transaction);
      if (budget === null) throw unknown();
      await this.tell(user, 'budget.update', budget, transaction);
      return budget;
    });
    await this.watch.look();
    return this.view(changed);
  }

  async remove(user: AuthenticatedUser, id: string): Promise<void> {
    const budget = await this.findStored(user, id);
    await this.dataSource.transaction(async (transaction) => {
      if (!(await this.table.remove(id, transaction))) throw unknown();
      await this.tell(user, 'budget.delete', budget, transaction);
    });
    await this.watch.look();
  }

  /** A budget of a key counts what it spends for its own tenant. */
  private async refuseUnknownKey({ tenant, keyId }: CreateBudget): Promise<void> {
    if (keyId === null) return;
    const key = await this.keys.get(tenant, keyId);
    if (key.ok || key.error.code !== 'not_found') return; // those of relay.yaml cannot be changed here, and are there
    const message = `keyId: the tenant "${tenant}" has no such key; allowed: the id of one of its keys, or null for all of the tenant.`;
    throw new RelayError('invalid_request', message, { param: 'keyId' });
  }

  private async find(user: AuthenticatedUser, id: string): Promise<Budget> {
    await this.watch.look();
    const budget = this.book.all().find((one) => one.id === id);
    if (budget === undefined || !maySeeTenant(user, budget.tenantId)) throw unknown();
    return budget;
  }

  private async findStored(user: AuthenticatedUser, id: string): Promise<Budget> {
    const budget = await this.find(user, id);
    if (budget.source === 'database' && isUuid(id)) return budget;
    throw new RelayError('conflict', 'That budget is of relay.yaml: change it there.', { param: 'id' });
  }

  private async view(budget: Budget): Promise<BudgetView> {
    const [view] = await this.views([budget]);
    if (view === undefined) throw unknown();
    return view;
  }

  private async views(budgets: readonly Budget[]): Promise<BudgetView[]> {
    const spent = await this.spend.of(budgets);
    const held = await this.budgets.heldUsd(budgets);
    const forecasts = await this.spend.forecasts(budgets.filter(isForecast).map(({ tenantId }) => tenantId));
    const now = this.clock.now();
    return budgets.map((budget) => {
      const forecastUsd = isForecast(budget) ? (forecasts.get(budget.tenantId) ?? null) : null;
      const figures = { spentUsd: spent.get(budget.id) ?? '0', heldUsd: held.get(budget.id) ?? null, forecastUsd };
      return toBudgetView(budget, figures, now);
    });
  }

  private tell(
    { id, email }: AuthenticatedUser,
    action: string,
    { id: target, tenantId, keyId, period, limitUsd, hard, alerts }: Budget,
    transaction: EntityManager,
  ): Promise<void> {
    const detail = { tenant: tenantId, keyId, period, limitUsd, hard, alerts };
    return this.log.append({ actor: { id, email }, action, target, detail }, transaction);
  }
}

const REFUSALS = {
  taken: ({ tenant, keyId, period }) =>
    `There is a budget of the ${keyId === null ? `tenant "${tenant}"` : `key "${keyId}"`} by ${period} already; change that one.`,
  full: () => `There are ${MAX_BUDGETS} budgets, as many as a relay may have. Remove some that nobody needs.`,
} satisfies Record<'taken' | 'full', (asked: CreateBudget) => string>;

const isForecast = ({ keyId, period }: Budget): boolean => keyId === null && period === 'month';

const unknown = (): RelayError => new RelayError('not_found', 'There is no such budget.');
