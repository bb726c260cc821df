const DAY_MS = 86_400_000;
/** Questions about all traces of a range look at so much where they name no time. */
const DEFAULT_RANGE_MS = DAY_MS;

export interface TimeRange {
  readonly from: string; // ISO 8601, inclusive
  readonly to: string; // exclusive
}

/** What is left open ends now, or begins a day before the end. */
export function timeRange({ from, to }: Partial<TimeRange>, now: number): TimeRange {
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - DEFAULT_RANGE_MS : Date.parse(from);
  return { from: new Date(begin).toISOString(), to: new Date(Math.max(begin, end)).toISOString() };
}

const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000];
/** Widths that a person can read off an axis, in ms. */
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((n) => n * DAY_MS),
];

/** Begins of the buckets of a range, at most so many, all on multiples of their width. */
export function bucketsOf({ from, to }: TimeRange, atMost: number): { widthMs: number; begins: number[] } {
  const [begin, end] = [Date.parse(from), Math.max(Date.parse(to), Date.parse(from) + 1)];
  const countOf = (widthMs: number): number => Math.ceil(end / widthMs) - Math.floor(begin / widthMs);
  const widthMs =
    WIDTHS_MS.find((width) => countOf(width) <= atMost) ?? wholeDays((end - begin) / atMost, countOf, atMost);
  const first = Math.floor(begin / widthMs);
  return { widthMs, begins: Array.from({ length: countOf(widthMs) }, (_, n) => (first + n) * widthMs) };
}

function wholeDays(leastMs: number, countOf: (widthMs: number) => number, atMost: number): number {
  let days = Math.ceil(leastMs / DAY_MS);
  while (countOf(days * DAY_MS) > atMost) days *= 2;
  return days * DAY_MS;
}
