import { periodBounds } from '@relay/core';
import { BoundedReader } from '@relay/database';
import { Injectable } from '@nestjs/common';
import type { DayFigure } from '../domain/growth';

const DAY_MS = 86_400_000;
/** Whole days that the growth is taken from, if there are so many. */
export const TREND_DAYS = 56;
/** Of budgets that are looked at, the largest first. */
const MAX_BUDGETS = 500;

/** Calls of providers and models, tokens of these, and all requests, a day. */
export interface Growths {
  readonly requests: ReadonlyMap<string, readonly DayFigure[]>; // by `provider:id`, `model:id`, and `all`
  readonly tokens: ReadonlyMap<string, readonly DayFigure[]>;
  readonly days: number; // that there is anything of
}

export interface BudgetRow {
  readonly tenant: string;
  readonly monthlyUsd: number;
}

interface DayRow {
  readonly key: string;
  readonly day: number;
  readonly requests: string;
  readonly tokens: string;
}

/** Reads usage by day, which outlives the traces. */
@Injectable()
export class GrowthReader {
  constructor(private readonly reader: BoundedReader) {}

  /** Of the whole days before `now`. */
  async read(now: number): Promise<Growths> {
    const rows = await this.reader.read<DayRow>(
      `SELECT CASE WHEN grouping(provider) = 0 THEN 'provider:' || provider WHEN grouping(served_model) = 0 THEN 'model:' || served_model
           ELSE 'all' END AS key, (extract(epoch FROM at) / 86400)::int AS day, sum(tokens) AS tokens, sum(requests) AS requests
       FROM (
         SELECT at, provider, served_model, input_tokens + output_tokens AS tokens, requests AS requests
         FROM usage_daily WHERE at >= $1 AND at < $2
       ) usage
       GROUP BY GROUPING SETS ((provider, at), (served_model, at), (at))`,
      range(now),
    );
    const days = new Set(rows.filter(({ key }) => key === 'all').map(({ day }) => day));
    return {
      requests: byKey(rows, ({ requests }) => requests),
      tokens: byKey(rows, ({ tokens }) => tokens),
      days: days.size,
    };
  }

  /** What tenants spent a day, in USD. */
  async spend(now: number, tenants: readonly string[]): Promise<ReadonlyMap<string, readonly DayFigure[]>> {
    const rows = await this.reader.read<{ key: string; day: number; usd: string }>(
      `SELECT tenant AS key, (extract(epoch FROM day) / 86400)::int AS day, usd FROM tenant_spend
       WHERE day >= $1::date AND day < $2::date AND tenant = ANY ($3::text[])`,
      [...range(now).map((at) => at.toISOString().slice(0, 10)), tenants],
    );
    return byKey(rows, ({ usd }) => usd);
  }

  /** What tenants spent since the beginning of the month, today's too, in USD. */
  async spentThisMonth(now: number, tenants: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { start, end } = periodBounds('month', now);
    const rows = await this.reader.read<{ tenant: string; usd: string }>(
      `SELECT tenant, sum(usd) AS usd FROM tenant_spend
       WHERE day >= $1::date AND day < $2::date AND tenant = ANY ($3::text[]) GROUP BY tenant`,
      [...[start, end].map((at) => new Date(at).toISOString().slice(0, 10)), tenants],
    );
    return new Map(rows.map(({ tenant, usd }) => [tenant, Number(usd)]));
  }

  /** Monthly budgets of whole tenants that were made over the API. */
  async budgets(): Promise<BudgetRow[]> {
    const rows = await this.reader.read<{ tenant: string; usd: string }>(
      `SELECT tenant, limit_usd AS usd FROM budgets WHERE period = 'month' AND key_id IS NULL ORDER BY limit_usd DESC LIMIT ${MAX_BUDGETS}`,
      [],
    );
    return rows.map(({ tenant, usd }) => ({ tenant, monthlyUsd: Number(usd) }));
  }
}

function range(now: number): Date[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return [new Date(today - TREND_DAYS * DAY_MS), new Date(today)];
}

function byKey<Row extends { readonly key: string; readonly day: number }>(
  rows: readonly Row[],
  value: (row: Row) => string,
): Map<string, DayFigure[]> {
  const found = new Map<string, DayFigure[]>();
  for (const row of rows) {
    const figures = found.get(row.key) ?? [];
    figures.push({ day: row.day, value: Number(value(row)) });
    found.set(row.key, figures);
  }
  for (const figures of found.values()) figures.sort((a, b) => a.day - b.day);
  return found;
}
