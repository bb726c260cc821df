import { ConfigStore, type ProviderConfig } from '@relay/config';
import type { CapacityPool, CapacityQuery, CapacityRate, CapacityReport } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { forecastsOf } from './domain/forecasts';
import { poolProfile } from './domain/pool-profile';
import { DiskReader } from './persistence/disk-reader';
import { GrowthReader } from './persistence/growth-reader';
import { LoadReader, type RateRow } from './persistence/load-reader';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_DAYS = 7;
/** A longer range would read more than a statement may take. */
const MAX_DAYS = 35;

/** What was looked at: whole hours, ms since the epoch. */
export interface CapacityRange {
  readonly from: number;
  readonly to: number;
}

/** How full pools and limits are, and how long they last. */
@Injectable()
export class CapacityService {
  constructor(
    private readonly config: ConfigStore,
    private readonly loads: LoadReader,
    private readonly growth: GrowthReader,
    private readonly disk: DiskReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Error: `invalid_request` for a range that is empty or too long. Rejects with `unavailable` where it takes too long to read. */
  async report(query: CapacityQuery): Promise<Result<CapacityReport, RelayError>> {
    const range = this.range(query);
    if (!range.ok) return range;
    const { from, to } = range.value;
    const now = this.clock.now();
    const [pools, rates] = [await this.pools(range.value, query.targetWaitMs), await this.rates(range.value)];
    const [{ requests, tokens, days }, disk, budgets] = [
      await this.growth.read(now),
      await this.disk.read(),
      await this.budgets(),
    ];
    const tenants = budgets.map(({ tenant }) => tenant);
    const spend = await this.growth.spend(now, tenants);
    const spentThisMonth = await this.growth.spentThisMonth(now, tenants);
    const { retentionDays } = this.config.current.traces;
    const facts = {
      now,
      targetWaitMs: query.targetWaitMs,
      pools,
      rates,
      requests,
      tokens,
      spend,
      spentThisMonth,
      budgets,
      disk,
    };
    return ok({
      ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString(), targetWaitMs: query.targetWaitMs },
      note: pools.some(({ requests }) => requests > 0) ? null : emptyBecause(to),
      ...{ pools, rates, forecasts: forecastsOf({ ...facts, retentionDays }) },
      ...{ disk: { ...disk, retentionDays }, trendDays: days },
    });
  }

  /** The last seven days, unless the query says otherwise; whole hours. */
  range({ from, to }: Pick<CapacityQuery, 'from' | 'to'>): Result<CapacityRange, RelayError> {
    const floor = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;
    const end = floor(to === undefined ? this.clock.now() : Date.parse(to));
    const begin = from === undefined ? end - DEFAULT_DAYS * DAY_MS : floor(Date.parse(from));
    if (end - begin >= HOUR_MS && end - begin <= MAX_DAYS * DAY_MS) return ok({ from: begin, to: end });
    const message = `from: found ${new Date(begin).toISOString()} up to ${new Date(end).toISOString()}; allowed: from one hour to ${MAX_DAYS} days`;
    return err(new RelayError('invalid_request', message, { param: 'from' }));
  }

  /** Those of the configuration. */
  async pools({ from, to }: CapacityRange, targetWaitMs: number): Promise<CapacityPool[]> {
    const hours = await this.loads.hours(new Date(from), new Date(to));
    return this.config.current.providers.map(({ id, limits }) => {
      const own = hours.filter(({ provider }) => provider === id);
      return poolProfile(id, limits.concurrency, own, { from, to }, targetWaitMs);
    });
  }

  async rates({ from, to }: CapacityRange): Promise<CapacityRate[]> {
    const rows = await this.loads.rates(new Date(from), new Date(to));
    return rows.flatMap((row) => ratesOf(row, this.limitsOf(row), (to - from) / MINUTE_MS));
  }

  /** Of relay.yaml and of the database; the smaller counts where a tenant has both. */
  private async budgets(): Promise<{ tenant: string; monthlyUsd: number }[]> {
    const found = new Map((await this.growth.budgets()).map(({ tenant, monthlyUsd }) => [tenant, monthlyUsd]));
    for (const { id, budget } of this.config.current.tenants)
      if (budget?.monthlyUsd !== undefined) found.set(id, Math.min(budget.monthlyUsd, found.get(id) ?? Infinity));
    return [...found].map(([tenant, monthlyUsd]) => ({ tenant, monthlyUsd }));
  }

  private limitsOf({ scope, id }: RateRow): Partial<ProviderConfig['limits']> {
    const { providers, models } = this.config.current;
    const owner: { readonly limits: Partial<ProviderConfig['limits']> } | undefined = (
      scope === 'provider' ? providers : models
    ).find((each) => each.id === id);
    return owner?.limits ?? {};
  }
}

const emptyBecause = (to: number): string =>
  `No request held a slot in this range. It counts until ${new Date(to).toISOString().slice(0, 'YYYY-MM-DDThh:mm'.length)} UTC, the last full hour.`;

function ratesOf(row: RateRow, limits: Partial<ProviderConfig['limits']>, minutes: number): CapacityRate[] {
  const { scope, id, requests, tokens, peakRequests, peakTokens } = row;
  return [
    {
      ...{ scope, id, of: 'requests', mean: requests / minutes, peak: peakRequests },
      limit: limits.requestsPerMinute ?? null,
    },
    { ...{ scope, id, of: 'tokens', mean: tokens / minutes, peak: peakTokens }, limit: limits.tokensPerMinute ?? null },
  ];
}
