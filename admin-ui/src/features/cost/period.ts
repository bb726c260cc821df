import { boundsOf, type Bounds, type TimeRange } from '../../state/time-range';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;

/** Money is looked at by the calendar, UTC; the range of the header is one choice among others. */
export const PERIODS = [
  { id: 'month', label: 'This month' },
  { id: 'last-month', label: 'Last month' },
  { id: '7d', label: '7 d' },
  { id: '30d', label: '30 d' },
  { id: '90d', label: '90 d' },
  { id: 'range', label: 'As above' },
] as const;
export type PeriodId = (typeof PERIODS)[number]['id'];

export interface Period extends Bounds {
  readonly id: PeriodId;
  readonly name: string;
  readonly before: Bounds; // what it is compared with
  readonly beforeName: string;
}

export const readPeriod = (value: string | null): PeriodId => PERIODS.find(({ id }) => id === value)?.id ?? 'month';

/** Whole hours, as usage is counted. */
export function periodOf(id: PeriodId, range: TimeRange, now: number): Period {
  if (id === 'month' || id === 'last-month') return monthOf(id, now);
  const to = Math.ceil(now / HOUR_MS) * HOUR_MS;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const { from, to: end } =
    id === 'range' ? wholeHours(boundsOf(range, now)) : { from: today - (DAYS[id] - 1) * DAY_MS, to };
  const length = id === 'range' ? end - from : DAYS[id] * DAY_MS;
  const name = id === 'range' ? 'The range above, in whole hours' : `The last ${DAYS[id]} days`;
  return {
    id,
    from,
    to: end,
    name,
    before: { from: from - length, to: end - length },
    beforeName: 'the period before',
  };
}

function monthOf(id: 'month' | 'last-month', now: number): Period {
  const current = monthStart(now, 0);
  const [from, previous] = id === 'month' ? [current, monthStart(now, -1)] : [monthStart(now, -1), monthStart(now, -2)];
  const to = id === 'month' ? Math.ceil(now / HOUR_MS) * HOUR_MS : current;
  const same = id === 'month' ? Math.min(previous + (to - from), from) : from;
  const beforeName = id === 'month' ? `the same days of ${monthName(previous)}` : monthName(previous);
  return { id, from, to, name: monthName(from), before: { from: previous, to: same }, beforeName };
}

export const monthStart = (now: number, offset: number): number => {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset);
};

const wholeHours = ({ from, to }: Bounds): Bounds => ({
  from: Math.floor(from / HOUR_MS) * HOUR_MS,
  to: Math.ceil(to / HOUR_MS) * HOUR_MS,
});

const MONTH = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const monthName = (at: number): string => MONTH.format(at);

export type Interval = 'hour' | 'day';
export const INTERVAL_MS: Record<Interval, number> = { hour: HOUR_MS, day: DAY_MS };
/** Up to so many days are drawn by the hour. */
const HOURLY_DAYS = 3;
export const intervalOf = ({ from, to }: Bounds): Interval => (to - from > HOURLY_DAYS * DAY_MS ? 'day' : 'hour');
