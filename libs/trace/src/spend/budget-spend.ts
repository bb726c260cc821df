import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { trimDecimal } from '../domain/cost';
import { TraceRecorder } from '../trace.recorder';
import { UsageStore } from '../usage/usage.store';

/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;

/** Whose spend a budget is of. */
export interface SpendScope {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string | null;
  readonly period: 'month' | 'day';
}

const TENANTS_SQL = `
  SELECT tenant, sum(usd) AS month, coalesce(sum(usd) FILTER (WHERE day = $3), 0) AS day
  FROM tenant_spend WHERE day >= $1 AND day < $2 AND tenant = ANY ($4::text[]) GROUP BY tenant`;

/** What was spent of budgets in their running periods (UTC), exactly, as the traces in the database say. */
@Injectable()
export class BudgetSpend {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    private readonly usage: UsageStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** USD by id. */
  async of(scopes: readonly SpendScope[]): Promise<ReadonlyMap<string, string>> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const bounds = boundsOf(this.clock.now());
    const ofTenants = await this.ofTenants(
      scopes.filter(({ keyId }) => keyId === null),
      bounds,
    );
    const ofKeys = await this.ofKeys(
      scopes.filter(({ keyId }) => keyId !== null),
      bounds,
    );
    return new Map([...ofTenants, ...ofKeys]);
  }

  private async ofTenants(scopes: readonly SpendScope[], { month, day }: Bounds): Promise<[string, string][]> {
    if (scopes.length === 0) return [];
    const tenants = [...new Set(scopes.map(({ tenantId }) => tenantId))];
    const values = [isoDay(month.start), isoDay(month.end), isoDay(day.start), tenants];
    const rows: { tenant: string; month: string; day: string }[] = await this.dataSource.query(TENANTS_SQL, values);
    const byTenant = new Map(rows.map((row) => [row.tenant, row]));
    return scopes.map(({ id, tenantId, period }) => [id, trimDecimal(byTenant.get(tenantId)?.[period] ?? '0')]);
  }

  private async ofKeys(scopes: readonly SpendScope[], bounds: Bounds): Promise<[string, string][]> {
    const readings = new Map<string, ReadonlyMap<string, string>>();
    const spent: [string, string][] = [];
    for (const { id, tenantId, keyId, period } of scopes) {
      const name = `${period} ${tenantId}`;
      const { start, end } = bounds[period];
      const known = readings.get(name) ?? (await this.usage.spentByKey(tenantId, start, end));
      readings.set(name, known);
      spent.push([id, trimDecimal(known.get(keyId ?? '') ?? '0')]);
    }
    return spent;
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}
interface Bounds {
  readonly month: Span;
  readonly day: Span;
}

function boundsOf(now: number): Bounds {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return {
    month: { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) },
    day: { start: Date.UTC(year, month, day), end: Date.UTC(year, month, day + 1) },
  };
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
