import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type {
  Usage,
  UsageFilters,
  UsageForecast,
  UsageForecastQuery,
  UsageQuery,
  UsageSeries,
  UsageSeriesQuery,
} from '@relay/contracts';
import { CLOCK, type Clock, ok, type RelayError, type Result, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { TraceReader } from '../persistence/trace-reader';
import { TraceRecorder } from '../trace.recorder';
import { FORECAST_DAYS, projectMonth } from './usage-forecast';
import { seriesSql, type UsageQuestion, usageSql } from './usage-query.sql';
import { type SumsRow, toPoint, toSums } from './usage-rows';
import { INTERVAL_MS, monthOf, seriesWindow, usageWindow, type UsageWindow } from './usage-window';

/** Groups that are listed, the dearest; the total is of all. */
const MAX_GROUPS = 2_000;
/** Hours of a month and of half a year are all listed. */
const MAX_TIMES = 5_000;
/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;
const USD_DIGITS = 6; // of an estimate
/** A month of which nothing is counted yet is read from its traces. */
const READ_TIMEOUT_MS = 25_000;

type Asked = UsageFilters & Pick<UsageQuery, 'latency'>;

interface KeyedRow extends SumsRow {
  readonly key: string | null;
}

/** Reads usage: what is counted from the roll-ups, what has changed since from the traces. */
@Injectable()
export class UsageStore {
  private readonly reader: TraceReader;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new TraceReader(dataSource, READ_TIMEOUT_MS);
  }

  /** `scope` confines the reader to one tenant. Error: `invalid_request` for a window that is none, or too long. */
  async read(query: UsageQuery, scope: string | null): Promise<Result<Usage, RelayError>> {
    const window = usageWindow(query, this.clock.now());
    if (!window.ok) return window;
    const { groupBy } = query;
    const limit = groupBy === 'hour' || groupBy === 'day' ? MAX_TIMES : MAX_GROUPS;
    const { text, values } = usageSql(await this.question(query, groupBy, window.value, scope), limit + 1);
    const rows = await this.query<KeyedRow & { total: boolean }>(text, values);
    const groups = rows.filter(({ total }) => !total);
    const total = rows.find(({ total: isTotal }) => isTotal);
    return ok({
      ...isoWindow(window.value),
      groupBy,
      data: groupBy === 'none' ? [] : groups.slice(0, limit).map((row) => ({ key: row.key, ...toSums(row) })),
      truncated: groups.length > limit,
      total: toSums(total),
    });
  }

  async series(query: UsageSeriesQuery, scope: string | null): Promise<Result<UsageSeries, RelayError>> {
    const { interval, groupBy, limit } = query;
    const window = seriesWindow(query, interval, this.clock.now());
    if (!window.ok) return window;
    const { text, values } = seriesSql(await this.question(query, groupBy, window.value, scope), interval, limit);
    const rows = await this.query<KeyedRow & { at: Date; shown: boolean }>(text, values);
    const byKey = new Map<string, { key: string | null; rows: Map<number, SumsRow> }>();
    for (const row of rows) {
      const name = `${row.shown} ${row.key}`;
      const known = byKey.get(name) ?? { key: row.key, rows: new Map() };
      known.rows.set(row.at.getTime(), row);
      byKey.set(name, known);
    }
    const times = timesOf(window.value, INTERVAL_MS[interval]);
    const series = [...byKey.values()].map((one) => ({
      key: one.key,
      points: times.map((at) => toPoint(at, one.rows.get(at))),
    }));
    return ok({ ...isoWindow(window.value), interval, groupBy, series });
  }

  /** Of a tenant, or of all that the reader may see. */
  async forecast({ tenant }: UsageForecastQuery, scope: string | null): Promise<UsageForecast> {
    const now = this.clock.now();
    const month = monthOf(now);
    const from = Math.min(month.from, now - (FORECAST_DAYS + 1) * INTERVAL_MS.day);
    const window = { from: Math.floor(from / INTERVAL_MS.day) * INTERVAL_MS.day, to: ceilHour(now) };
    const question = await this.question({ tenant, latency: 'false' }, 'day', window, scope);
    const { text, values } = usageSql(question, MAX_TIMES);
    const rows = (await this.query<KeyedRow & { total: boolean }>(text, values)).filter(({ total }) => !total);
    const days = rows.map(({ key, cost_usd: usd }) => ({ day: Date.parse(key ?? ''), usd: Number(usd) }));
    const { total } = await this.spent(month, tenant, scope);
    const projected = projectMonth(days, Number(total), now, month.to);
    return {
      tenant: tenant ?? scope,
      month: new Date(month.from).toISOString().slice(0, 7),
      spentUsd: total,
      projected: projected && {
        usd: projected.usd.toFixed(USD_DIGITS),
        lowUsd: projected.lowUsd.toFixed(USD_DIGITS),
        highUsd: projected.highUsd.toFixed(USD_DIGITS),
        method: 'weekday-mean',
        daysUsed: projected.daysUsed,
      },
    };
  }

  private async spent(
    window: UsageWindow,
    tenant: string | undefined,
    scope: string | null,
  ): Promise<{ total: string }> {
    const { text, values } = usageSql(await this.question({ tenant, latency: 'false' }, 'none', window, scope), 1);
    const rows = await this.query<KeyedRow & { total: boolean }>(text, values);
    return { total: toSums(rows.find(({ total }) => total)).costUsd };
  }

  private async query<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return this.reader.read<Row>({ text, values });
  }

  /** Traces that this process has just recorded are stored first. */
  private async question(
    { latency, tenant, key, model, servedModel, provider, tag, rule, policy }: Asked,
    groupBy: UsageQuestion['groupBy'],
    window: UsageWindow,
    scope: string | null,
  ): Promise<UsageQuestion> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const filters = { tenant, key, model, servedModel, provider, tag, rule, policy };
    const [from, to] = [new Date(window.from), new Date(window.to)];
    const [stale]: { hours: number }[] = await this.query(STALE_SQL, [from, to]);
    return { groupBy, filters, from, to, scope, staleHours: stale?.hours ?? 0, withLatency: latency === 'true' };
  }
}

const STALE_SQL = `
  SELECT count(DISTINCT hour)::int4 AS hours FROM usage_touched WHERE hour >= $1::timestamptz AND hour < $2::timestamptz`;

const isoWindow = ({ from, to }: UsageWindow) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

const ceilHour = (time: number): number => Math.ceil(time / INTERVAL_MS.hour) * INTERVAL_MS.hour;

function timesOf({ from, to }: UsageWindow, stepMs: number): number[] {
  return Array.from({ length: Math.round((to - from) / stepMs) }, (_, nth) => from + nth * stepMs);
}
