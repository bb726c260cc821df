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
/** Of a normal distribution: 5% lie beyond on either side. */
const Z_90 = 1.645;

/**
 * What a month will come to: what was spent, and for each day to come the mean of the same weekdays of the last four weeks; of today what is
 * left of it. The interval holds 90% if days differ from their weekday's mean independently, as they did in these weeks. `days` are complete
 * days before today, of which those before the first with any spend do not count.
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
  const means = weekdayMeans(known);
  const meanOf = (day: number): number => means[weekday(day)] ?? 0;
  const errors = known.map(({ day, usd }) => (usd - meanOf(day)) ** 2);
  const variance = errors.reduce((sum, error) => sum + error, 0) / Math.max(1, known.length - WEEK_DAYS);
  const leftOfToday = 1 - (now - today) / DAY_MS;
  let [expected, daysLeft] = [meanOf(today) * leftOfToday, leftOfToday];
  for (let day = today + DAY_MS; day < monthEnd; day += DAY_MS) {
    expected += meanOf(day);
    daysLeft++;
  }
  const margin = Z_90 * Math.sqrt(variance * daysLeft);
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

function weekdayMeans(days: readonly SpentDay[]): number[] {
  const sums = new Array<number>(WEEK_DAYS).fill(0);
  const counts = new Array<number>(WEEK_DAYS).fill(0);
  for (const { day, usd } of days) {
    sums[weekday(day)] = (sums[weekday(day)] ?? 0) + usd;
    counts[weekday(day)] = (counts[weekday(day)] ?? 0) + 1;
  }
  return sums.map((sum, place) => sum / Math.max(1, counts[place] ?? 0));
}

const weekday = (day: number): number => new Date(day).getUTCDay();
