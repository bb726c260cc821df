import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { UsageStore } from '../usage/usage.store';

const REFRESH_MS = 60_000;
type Period = 'month' | 'day';

interface Reading {
  readonly start: number; // of the period, ms since the epoch
  readonly end: number;
  readonly usd: ReadonlyMap<string, number>; // by tenant and key
}

/** What keys have spent this month and day (UTC), as stored usage says: read once a minute, of tenants whose keys have budgets. */
@Injectable()
export class KeySpend implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KeySpend.name);
  private readings: Partial<Record<Period, Reading>> = {};
  private tenants: () => readonly string[] = () => [];
  private isFailing = false;
  private isClosed = false;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly usage: UsageStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Tenants to read, asked before each reading. */
  watch(tenants: () => readonly string[]): void {
    this.tenants = tenants;
  }

  onApplicationBootstrap(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    this.cancel();
  }

  /** Null: not read yet, or of a period that is over. */
  storedUsd(tenantId: string, keyId: string, period: Period): number | null {
    const reading = this.readings[period];
    const now = this.clock.now();
    if (reading === undefined || now < reading.start || now >= reading.end) return null;
    return reading.usd.get(nameOf(tenantId, keyId)) ?? null;
  }

  /** Never rejects. */
  async refresh(): Promise<void> {
    try {
      const tenants = this.tenants();
      const now = this.clock.now();
      const [month, day] = await Promise.all([this.read(tenants, 'month', now), this.read(tenants, 'day', now)]);
      this.readings = { month, day };
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing && !this.isClosed)
        this.logger.warn(`What keys spent cannot be read for now: ${String(error)}`);
      this.isFailing = true;
    }
    if (!this.isClosed) this.cancel = this.clock.after(REFRESH_MS, () => void this.refresh());
  }

  private async read(tenants: readonly string[], period: Period, now: number): Promise<Reading> {
    const date = new Date(now);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
    const start = period === 'month' ? Date.UTC(year, month) : Date.UTC(year, month, day);
    const end = period === 'month' ? Date.UTC(year, month + 1) : Date.UTC(year, month, day + 1);
    const usd = new Map<string, number>();
    for (const tenant of tenants) {
      for (const [key, spent] of await this.usage.spentByKey(tenant, start, end))
        usd.set(nameOf(tenant, key), Number(spent));
    }
    return { start, end, usd };
  }
}

const nameOf = (tenantId: string, keyId: string): string => `${tenantId} ${keyId}`;
