/** A day's spend in USD; estimates need no exact sums. */
export interface SpentDay {
  readonly day: number; // its midnight in UTC, ms since the epoch
  readonly usd: number;
}

export interface Projection {
  readonly usd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
  readonly daysUsed: number;
}

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
/** Four of each weekday. */
export const FORECAST_DAYS = 28;
/** With less than two of each weekday there is no telling weekdays apart. */
const LEAST_DAYS = 14;
/** Student's t: 5% lie beyond on either side, at 7, 8, … 21 degrees of freedom: the days known less the seven means that were taken of them. */
const T_90 = [
  ...[1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761],
  ...[1.753, 1.746, 1.74, 1.734, 1.729, 1.725, 1.721],
] as const;

/**
 * What a month will come to: what was spent, and for each day to come the mean of the same weekdays of the last four weeks; of today what is
 * left of it. The interval holds 90% if days differ from their weekday's mean independently and alike, as they did in these weeks; that a mean
 * of two to four days is itself uncertain is in it. `days` are complete days before today, of which those before the first with any spend do
 * not count.
 */
export function projectMonth(
  days: readonly SpentDay[],
  spentUsd: number,
  now: number,
  monthEnd: number,
): Projection | null {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const known = knownDays(days, today);
  if (known.length < LEAST_DAYS) return null;
  const { means, counts } = weekdayMeans(known);
  const meanOf = (day: number): number => means[weekday(day)] ?? 0;
  const errors = known.map(({ day, usd }) => (usd - meanOf(day)) ** 2);
  const freedom = known.length - WEEK_DAYS;
  const variance = errors.reduce((sum, error) => sum + error, 0) / freedom;
  const leftOfToday = 1 - (now - today) / DAY_MS;
  const daysLeft = new Array<number>(WEEK_DAYS).fill(0); // by weekday
  daysLeft[weekday(today)] = leftOfToday;
  let expected = meanOf(today) * leftOfToday;
  for (let day = today + DAY_MS; day < monthEnd; day += DAY_MS) {
    expected += meanOf(day);
    daysLeft[weekday(day)] = (daysLeft[weekday(day)] ?? 0) + 1;
  }
  const spread = daysLeft.reduce((sum, left, place) => sum + left + left ** 2 / Math.max(1, counts[place] ?? 0), 0);
  const t = T_90[Math.min(freedom - WEEK_DAYS, T_90.length - 1)] ?? T_90[0];
  const margin = t * Math.sqrt(variance * spread);
  const usd = spentUsd + expected;
  return { usd, lowUsd: Math.max(spentUsd, usd - margin), highUsd: usd + margin, daysUsed: known.length };
}

/** The last four weeks day by day, from the first spend on; days without a row were free. */
function knownDays(days: readonly SpentDay[], today: number): SpentDay[] {
  const spent = new Map(days.filter(({ usd }) => usd > 0).map(({ day, usd }) => [day, usd]));
  const first = Math.max(today - FORECAST_DAYS * DAY_MS, Math.min(...spent.keys()));
  const known: SpentDay[] = [];
  for (let day = first; day < today; day += DAY_MS) known.push({ day, usd: spent.get(day) ?? 0 });
  return known;
}

function weekdayMeans(days: readonly SpentDay[]): { means: number[]; counts: number[] } {
  const sums = new Array<number>(WEEK_DAYS).fill(0);
  const counts = new Array<number>(WEEK_DAYS).fill(0);
  for (const { day, usd } of days) {
    sums[weekday(day)] = (sums[weekday(day)] ?? 0) + usd;
    counts[weekday(day)] = (counts[weekday(day)] ?? 0) + 1;
  }
  return { means: sums.map((sum, place) => sum / Math.max(1, counts[place] ?? 0)), counts };
}

const weekday = (day: number): number => new Date(day).getUTCDay();
