import type { CapacityForecast, CapacityLimitKind, CapacityPool, CapacityRate } from '@relay/contracts';
import { type DayFigure, type Growth, growthOf, meeting, perWeek } from './growth';
import { loadOf } from './pool-profile';
import { busySlots, sustainableRate } from './queue-model';

const DAYS_OF_MONTH = 30.44;
const LAST_DAYS = 7;

/** What forecasts are made of. Figures by day are of calls, tokens, requests or USD. */
export interface ForecastFacts {
  readonly now: number; // ms since the epoch
  readonly targetWaitMs: number;
  readonly pools: readonly CapacityPool[];
  readonly rates: readonly CapacityRate[];
  readonly requests: ReadonlyMap<string, readonly DayFigure[]>;
  readonly tokens: ReadonlyMap<string, readonly DayFigure[]>;
  readonly spend: ReadonlyMap<string, readonly DayFigure[]>;
  /** USD by tenant since the beginning of the month, today's too. */
  readonly spentThisMonth: ReadonlyMap<string, number>;
  readonly budgets: readonly { readonly tenant: string; readonly monthlyUsd: number }[];
  readonly disk: {
    readonly bytesPerTrace: number | null;
    readonly databaseBytes: number;
    readonly freeBytes: number | null;
  };
  readonly retentionDays: number;
}

/** Every limit, with when it is met at the present growth: those that are, the first of them first, then the others by how full they are. */
export function forecastsOf(facts: ForecastFacts): CapacityForecast[] {
  const all = [...slotForecasts(facts), ...rateForecasts(facts), ...budgetForecasts(facts), ...diskForecast(facts)];
  return all.sort((a, b) => compare(a.metAt, b.metAt) || b.now / b.max - a.now / a.max);
}

function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

/** Slots are met where the P90 wait of the busiest hour of the week passes the target. */
function slotForecasts({ pools, requests, now, targetWaitMs }: ForecastFacts): CapacityForecast[] {
  return pools.flatMap(({ id, slots, busiest }) => {
    if (busiest === null) return [];
    const load = loadOf(busiest, slots);
    const most = busySlots({ ...load, requestsPerSecond: sustainableRate(load, targetWaitMs) });
    return [forecast('slots', id, busySlots(load), most, growthOf(requests.get(`provider:${id}`) ?? []), now)];
  });
}

function rateForecasts({ rates, requests, tokens, now }: ForecastFacts): CapacityForecast[] {
  return rates.flatMap(({ scope, id, of, peak, limit }) => {
    if (limit === null) return [];
    const figures = (of === 'requests' ? requests : tokens).get(`${scope}:${id}`) ?? [];
    return [forecast(`${of}-per-minute`, id, peak, limit, growthOf(figures), now)];
  });
}

/** At the rate of the last days; what is spent this month already cannot become less. */
function budgetForecasts({ budgets, spend, spentThisMonth, now }: ForecastFacts): CapacityForecast[] {
  return budgets.flatMap(({ tenant, monthlyUsd }) => {
    const figures = spend.get(tenant) ?? [];
    const monthly = Math.max(meanOfLast(figures) * DAYS_OF_MONTH, spentThisMonth.get(tenant) ?? 0);
    return [forecast('budget', tenant, monthly, monthlyUsd, growthOf(figures), now)];
  });
}

/** What traces will take once they are kept for as long as they are to be. */
function diskForecast({ disk, retentionDays, requests, now }: ForecastFacts): CapacityForecast[] {
  if (disk.bytesPerTrace === null || disk.freeBytes === null) return [];
  const figures = requests.get('all') ?? [];
  const kept = meanOfLast(figures) * retentionDays * disk.bytesPerTrace;
  return [forecast('disk', 'database', kept, disk.databaseBytes + disk.freeBytes, growthOf(figures), now)];
}

function forecast(
  limit: CapacityLimitKind,
  id: string,
  value: number,
  max: number,
  growth: Growth | null,
  now: number,
): CapacityForecast {
  const growthPerWeek = growth === null ? null : perWeek(growth);
  return { limit, id, now: value, max, growthPerWeek, ...meeting(value, max, growth, now) };
}

/** Of the last week that there is anything of; days without anything count as nothing. */
function meanOfLast(figures: readonly DayFigure[]): number {
  const last = figures.at(-1)?.day ?? 0;
  const recent = figures.filter(({ day }) => day > last - LAST_DAYS);
  const first = recent[0]?.day ?? last;
  return recent.reduce((sum, { value }) => sum + value, 0) / (last - first + 1);
}
