import type { CapacityHour, CapacityLoad, CapacityPool } from '@relay/contracts';
import { type Load, predictedWait, sustainableRate, utilisationOf } from './queue-model';

const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3_600;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;

/** What a provider did in one hour: sums over its requests. Times in ms. */
export interface PoolHour {
  readonly provider: string;
  readonly at: number; // beginning of the hour, ms since the epoch
  readonly requests: number;
  readonly squaredMinutes: number; // sum of the squares of the requests of each minute
  readonly serviceMs: number;
  readonly squaredServiceMs: number;
  readonly waitMs: number;
  readonly waitP90Ms: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** A pool by the hours of the week. */
export function poolProfile(
  id: string,
  slots: number,
  hours: readonly PoolHour[],
  range: Range,
  targetWaitMs: number,
): CapacityPool {
  const byHour = new Map<number, PoolHour[]>();
  for (const hour of hours) {
    const key = hourOfWeek(hour.at);
    byHour.set(key, [...(byHour.get(key) ?? []), hour]);
  }
  const profile = [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([key, same]) => weekHour(key, slots, same, occurrences(key, range), targetWaitMs));
  const busiest = profile.reduce<CapacityHour | null>(
    (most, hour) => (most === null || hour.utilisation > most.utilisation ? hour : most),
    null,
  );
  return { id, slots, requests: sum(hours, ({ requests }) => requests), busiest, hours: profile };
}

/** As the API tells it. */
export function loadView(load: Load, targetWaitMs: number): CapacityLoad {
  const { requestsPerSecond, serviceMs, serviceCv, dispersion } = load;
  const sustainable = sustainableRate(load, targetWaitMs);
  return {
    ...{ requestsPerSecond, serviceMs, serviceCv, dispersion, utilisation: utilisationOf(load) },
    predictedWaitMs: predictedWait(load) ?? { mean: null, p90: null },
    headroomPerSecond: Math.max(0, sustainable - requestsPerSecond),
  };
}

export const loadOf = (view: CapacityLoad, slots: number): Load => ({ ...view, slots });

function weekHour(
  key: number,
  slots: number,
  same: readonly PoolHour[],
  hours: number,
  targetWaitMs: number,
): CapacityHour {
  const requests = sum(same, (hour) => hour.requests);
  const mean = (value: (hour: PoolHour) => number): number => (requests === 0 ? 0 : sum(same, value) / requests);
  const serviceMs = mean((hour) => hour.serviceMs);
  const variance = Math.max(0, mean((hour) => hour.squaredServiceMs) - serviceMs ** 2);
  const load: Load = {
    requestsPerSecond: requests / (hours * HOUR_SECONDS),
    serviceMs,
    serviceCv: serviceMs === 0 ? 0 : Math.sqrt(variance) / serviceMs,
    dispersion: dispersionOf(same),
    slots,
  };
  return {
    ...loadView(load, targetWaitMs),
    ...{ weekday: Math.floor(key / DAY_HOURS), hour: key % DAY_HOURS, hours },
    measuredWaitMs: {
      mean: mean((hour) => hour.waitMs),
      p90: mean((hour) => hour.waitP90Ms * hour.requests), // of hours of the same kind, by their requests
    },
  };
}

/** Variance over mean of the requests of a minute within its hour, so that the course of the day does not count as bursts. */
function dispersionOf(hours: readonly PoolHour[]): number {
  const requests = sum(hours, (hour) => hour.requests);
  if (requests === 0) return 1;
  // Of each hour: the sum of squares less what an even hour has, over 59 instead of 60 minutes, as the mean comes from the same data.
  const spread = sum(hours, (hour) => hour.squaredMinutes - hour.requests ** 2 / HOUR_MINUTES);
  return (spread * HOUR_MINUTES) / (HOUR_MINUTES - 1) / requests;
}

function hourOfWeek(at: number): number {
  const time = new Date(at);
  return time.getUTCDay() * DAY_HOURS + time.getUTCHours();
}

function occurrences(key: number, { from, to }: Range): number {
  let count = 0;
  for (let at = from; at < to; at += HOUR_MS) if (hourOfWeek(at) === key) count++;
  return Math.max(1, count);
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);
