import { formatDuration } from '../../format/duration';
import { formatDecimal, formatShare } from '../../format/number';
import type { Metric } from './capacity-view';
import type { Hour } from './capacity.queries';

/** Sunday is 0 in the API; weeks begin on Monday here. */
export const WEEK = [
  { day: 1, name: 'Mon' },
  { day: 2, name: 'Tue' },
  { day: 3, name: 'Wed' },
  { day: 4, name: 'Thu' },
  { day: 5, name: 'Fri' },
  { day: 6, name: 'Sat' },
  { day: 0, name: 'Sun' },
] as const;
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export const clockOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
export const nameOfHour = ({ weekday, hour }: Hour): string =>
  `${WEEK.find(({ day }) => day === weekday)?.name ?? ''} ${clockOf(hour)} UTC`;

export function hoursByPlace(hours: readonly Hour[]): ReadonlyMap<string, Hour> {
  return new Map(hours.map((hour) => [`${hour.weekday} ${hour.hour}`, hour]));
}

/** How strongly an hour is drawn, 0 to 1: what is near its end is strong. A figure beyond all bounds is as strong as can be. */
export function strengthOf(hour: Hour, metric: Metric, targetWaitMs: number): number {
  if (metric === 'busy') return bounded(hour.utilisation);
  if (metric === 'wait') return bounded(hour.measuredWaitMs.p90 / targetWaitMs);
  const whole = hour.headroomPerSecond + hour.requestsPerSecond;
  return whole === 0 ? 1 : bounded(1 - hour.headroomPerSecond / whole);
}

const bounded = (share: number): number => Math.max(0, Math.min(1, share));

export function textOf(hour: Hour, metric: Metric): string {
  if (metric === 'busy') return `${formatShare(hour.utilisation)} busy, ${formatDecimal(hour.requestsPerSecond)} req/s`;
  if (metric === 'wait') return `P90 wait ${formatDuration(hour.measuredWaitMs.p90)}`;
  return `${formatDecimal(hour.headroomPerSecond)} req/s more`;
}
