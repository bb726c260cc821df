import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { isGenerative, type Operation } from '@relay/contracts';
import { CLOCK, type Clock, type PeriodBounds, periodBounds, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { textFeature } from '../domain/finished-request';
import { OutputLengths } from '../domain/output-lengths';
import type { TraceRecord } from '../domain/trace-record';
import { TraceShipper } from '../trace-shipper';

/** How often what other processes spent is read; a month's turn is not missed by longer than it takes to read. */
const REFRESH_MS = 60_000;
/** How long a reading waits for this process's own rows; if they are late, the next one counts. */
const FLUSH_MS = 2_000;

const SPEND_SQL = `
  SELECT tenant, sum(usd)::float8 AS usd, coalesce(sum(usd) FILTER (WHERE day = $3), 0)::float8 AS today
  FROM tenant_spend WHERE day >= $1 AND day < $2 GROUP BY tenant`;

/** What tenants have spent this calendar month (UTC), and how long answers are: in memory, for planning. */
@Injectable()
export class SpendLedger implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SpendLedger.name);
  private readonly lengths = new OutputLengths();
  private month: PeriodBounds | null = null; // that `stored` is of
  private stored = new Map<string, number>(); // USD by tenant, as of the last reading
  private today: DaySpend = { day: '', stored: new Map() };
  private beingRead = new Map<string, number>(); // by requests of this process that the reading under way will hold
  private own = new Map<string, number>(); // since then, by requests of this process
  private failing = false;
  private cancelRefresh: (() => void) | null = null;
  private closed = false;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly shipper: TraceShipper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Not waited for: until it is read, what was spent is not known. */
  onApplicationBootstrap(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.closed = true;
    this.cancelRefresh?.();
  }

  /** USD of this month; `null` until it was read. Own requests count at once, those of other processes within a minute or so. */
  spentUsd(tenantId: string): number | null {
    if (this.month === null || this.clock.now() >= this.month.end) return null;
    const { stored, beingRead, own } = this;
    return (stored.get(tenantId) ?? 0) + (beingRead.get(tenantId) ?? 0) + (own.get(tenantId) ?? 0);
  }

  /** USD of this month in stored traces, of all processes, as of the last reading; `null` until it was read. */
  storedUsd(tenantId: string): number | null {
    if (this.month === null || this.clock.now() >= this.month.end) return null;
    return this.stored.get(tenantId) ?? 0;
  }

  /** The same of this day, UTC. */
  storedTodayUsd(tenantId: string): number | null {
    const { day, stored } = this.today;
    return day === isoDay(this.clock.now()) ? (stored.get(tenantId) ?? 0) : null;
  }

  /** Mean length of answers in tokens, by task; under the empty text of all. Empty until the first answer. */
  outputTokens(): ReadonlyMap<string, number> {
    return this.lengths.read();
  }

  /** A request has ended. */
  observe(record: TraceRecord): void {
    if (record.tenant !== null && record.costUsd !== null && this.month !== null && record.at >= this.month.start) {
      add(this.own, record.tenant, Number(record.costUsd));
    }
    if (record.status !== 'ok' || record.cacheSource !== null || !record.outputTokens || !isText(record)) return;
    const choices = record.features?.['request.n'];
    const count = typeof choices === 'number' && choices > 1 ? choices : 1;
    this.lengths.observe(textFeature(record, 'features.task'), record.outputTokens / count);
  }

  /** Reads the month anew. Never rejects. */
  async refresh(): Promise<void> {
    this.beingRead = this.own;
    this.own = new Map();
    const month = periodBounds('month', this.clock.now());
    try {
      await this.read(month);
      this.failing = false;
    } catch (error) {
      for (const [tenant, usd] of this.beingRead) add(this.own, tenant, usd);
      this.beingRead = new Map();
      if (!this.failing && !this.closed)
        this.logger.warn(`What tenants spent cannot be read for now: ${String(error)}`);
      this.failing = true;
    }
    if (this.closed) return;
    const untilTurn = month.end - this.clock.now();
    this.cancelRefresh = this.clock.after(Math.max(1, Math.min(REFRESH_MS, untilTurn)), () => void this.refresh());
  }

  /** Own rows are stored first, so that the sum holds them. One that ends meanwhile may count twice until the next reading. */
  private async read(month: PeriodBounds): Promise<void> {
    const isStored = await within(this.clock, FLUSH_MS, this.shipper.flush());
    if (!isStored || this.shipper.lastError !== null) throw new Error(this.shipper.lastError ?? 'own traces are late');
    const day = isoDay(this.clock.now());
    const bounds = [isoDay(month.start), isoDay(month.end), day];
    const rows = await this.dataSource.query<{ tenant: string; usd: number; today: number }[]>(SPEND_SQL, bounds);
    this.stored = new Map(rows.map(({ tenant, usd }) => [tenant, usd]));
    this.today = { day, stored: new Map(rows.map(({ tenant, today }) => [tenant, today])) };
    this.beingRead = new Map();
    this.month = month;
  }
}

/** Tokens of images and recordings say nothing of how long answers are. */
function isText({ features }: TraceRecord): boolean {
  const operation = features?.['request.operation'];
  return typeof operation !== 'string' || isGenerative(operation as Operation);
}

interface DaySpend {
  readonly day: string; // 2026-11-22, that `stored` is of
  readonly stored: ReadonlyMap<string, number>; // USD by tenant
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

function add(sums: Map<string, number>, tenant: string, usd: number): void {
  sums.set(tenant, (sums.get(tenant) ?? 0) + usd);
}
