import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type CalendarPeriod, CLOCK, type Clock, periodBounds, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { trimDecimal } from '../domain/cost';
import { TraceRecorder } from '../trace.recorder';
import { FORECAST_DAYS, projectMonth, type SpentDay } from '../usage/usage-forecast';
import { readKeySums } from './key-sums';
import { TENANT_DAYS_SQL, TENANT_SPEND_SQL } from './scope-spend.sql';

/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;
const DAY_MS = 86_400_000;
const ESTIMATE_DIGITS = 6;

/** Whose spend a budget is of. */
export interface SpendScope {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string | null;
  readonly period: CalendarPeriod;
}

/** What was spent of budgets in their running periods (UTC), exactly, as the traces in the database say. */
@Injectable()
export class BudgetSpend {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** USD by id. */
  async of(scopes: readonly SpendScope[]): Promise<ReadonlyMap<string, string>> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const now = this.clock.now();
    const ofTenants = await this.ofTenants(
      scopes.filter(({ keyId }) => keyId === null),
      now,
    );
    return new Map([...ofTenants, ...(await this.ofKeys(scopes, now))]);
  }

  /** What this month will come to, USD by tenant; without those of whom too little is known. See `projectMonth`. */
  async forecasts(tenants: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (tenants.length === 0) return new Map();
    const now = this.clock.now();
    const { start, end } = periodBounds('month', now);
    const from = Math.min(start, now - (FORECAST_DAYS + 1) * DAY_MS);
    const rows: (SpentDay & { tenant: string })[] = await this.dataSource.query(TENANT_DAYS_SQL, [
      ...[isoDay(from), isoDay(end)],
      [...new Set(tenants)],
    ]);
    const byTenant = new Map<string, SpentDay[]>();
    for (const { tenant, ...day } of rows) byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), day]);
    const projected = [...byTenant].flatMap(([tenant, days]) => {
      const spent = days.filter(({ day }) => day >= start).reduce((sum, { usd }) => sum + usd, 0);
      const projection = projectMonth(days, spent, now, end);
      return projection ? [[tenant, projection.usd.toFixed(ESTIMATE_DIGITS)] as const] : [];
    });
    return new Map(projected);
  }

  private async ofTenants(scopes: readonly SpendScope[], now: number): Promise<[string, string][]> {
    if (scopes.length === 0) return [];
    const tenants = [...new Set(scopes.map(({ tenantId }) => tenantId))];
    const { start, end } = periodBounds('month', now);
    const values = [isoDay(start), isoDay(end), isoDay(now), tenants];
    const rows: { tenant: string; month: string; day: string }[] = await this.dataSource.query(
      TENANT_SPEND_SQL,
      values,
    );
    const byTenant = new Map(rows.map((row) => [row.tenant, row]));
    return scopes.map(({ id, tenantId, period }) => [id, trimDecimal(byTenant.get(tenantId)?.[period] ?? '0')]);
  }

  private async ofKeys(scopes: readonly SpendScope[], now: number): Promise<[string, string][]> {
    const keyed = scopes.flatMap((scope) => (scope.keyId === null ? [] : [{ ...scope, keyId: scope.keyId }]));
    const reading = await readKeySums(this.dataSource, keyed, now);
    return keyed.map((scope) => [scope.id, trimDecimal(reading.sumsOf(scope)?.[scope.period] ?? '0')]);
  }
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
