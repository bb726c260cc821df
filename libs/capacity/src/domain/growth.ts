const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
/** Whole days with requests that a trend needs: two of each day of the week. */
export const MIN_TREND_DAYS = 14;
/** Of the standard normal distribution: between its 5% and 95% quantiles lies 90%. */
const Z_90 = 1.645;
/** What lies further ahead than this is not told. */
const HORIZON_DAYS = 3_650;

/** A figure of one whole day; days count from any day. */
export interface DayFigure {
  readonly day: number;
  readonly value: number;
}

/** Growth of the logarithm a day, with its 90% interval. */
export interface Growth {
  readonly perDay: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of the slopes of all pairs of days (Theil 1950), of logarithms, with the interval that follows from Kendall's tau (Sen
 * 1968): an outage or a day of tests does not bend it. Pairs lie whole weeks apart, so that weekends do not count as change.
 * Null with too few days.
 */
export function growthOf(figures: readonly DayFigure[]): Growth | null {
  const days = figures.filter(({ value }) => value > 0);
  if (days.length < MIN_TREND_DAYS) return null;
  const slopes = slopesOf(days).sort((a, b) => a - b);
  if (slopes.length === 0) return null;
  const margin = marginOf(days, slopes.length);
  const at = (place: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(place)))] ?? 0;
  const middle = (slopes.length - 1) / 2;
  return {
    perDay: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(middle - margin),
    high: at(middle + margin),
  };
}

function slopesOf(days: readonly DayFigure[]): number[] {
  const slopes: number[] = [];
  for (const [i, later] of days.entries()) {
    for (const earlier of days.slice(0, i)) {
      const apart = later.day - earlier.day;
      if (apart > 0 && apart % WEEK_DAYS === 0) slopes.push(Math.log(later.value / earlier.value) / apart);
    }
  }
  return slopes;
}

/** How many slopes beside the middle one the interval reaches. As for the seasonal test (Hirsch, Slack and Smith 1982): variances of the days of the week add up. */
function marginOf(days: readonly DayFigure[], slopes: number): number {
  const counts = new Map<number, number>();
  for (const { day } of days) counts.set(day % WEEK_DAYS, (counts.get(day % WEEK_DAYS) ?? 0) + 1);
  const variance = [...counts.values()].reduce((sum, n) => sum + (n * (n - 1) * (2 * n + 5)) / 18, 0);
  return Math.min(slopes / 2, (Z_90 * Math.sqrt(variance)) / 2);
}

export const perWeek = ({ perDay }: Growth): number => Math.expm1(perDay * WEEK_DAYS);

export interface Meeting {
  readonly metAt: string | null;
  readonly earliest: string | null;
  readonly latest: string | null;
}

/** When `now` has grown to `max`; null where it does not within ten years. `at`: ms since the epoch. */
export function meeting(now: number, max: number, growth: Growth | null, at: number): Meeting {
  if (now >= max) {
    const met = new Date(at).toISOString();
    return { metAt: met, earliest: met, latest: met };
  }
  const reached = (perDay: number | undefined): string | null => {
    if (perDay === undefined || perDay <= 0 || now <= 0) return null;
    const days = Math.log(max / now) / perDay;
    return days > HORIZON_DAYS ? null : new Date(at + days * DAY_MS).toISOString();
  };
  return { metAt: reached(growth?.perDay), earliest: reached(growth?.high), latest: reached(growth?.low) };
}
