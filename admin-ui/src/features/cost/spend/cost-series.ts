import type { Schemas } from '../../../api/client';
import type { Series } from '../../../components/time-chart/series';
import { barsOf, OTHERS } from '../../../components/time-chart/series-colors';
import { INTERVAL_MS, monthStart, type Period } from '../period';
import { nameOf } from '../cost-groups';
import { type CostView } from '../cost-view';

type UsageSeries = Schemas['UsageSeries'];
type Projected = Schemas['UsageForecast']['projected'];

const DAY_MS = INTERVAL_MS.day;

/** The dearest at the bottom, the others on top. Heights of bars may be floats; what is summed and told elsewhere is not. */
export function costSeries({ series }: UsageSeries, groupBy: CostView['groupBy'], cumulative: boolean): Series[] {
  const bars = series.map(({ key, points }) => ({ key, values: points.map(({ costUsd }) => Number(costUsd)) }));
  const sizeOf = ({ key, values }: (typeof bars)[number]): number =>
    key === OTHERS ? -1 : (runningSum(values).at(-1) ?? 0);
  bars.sort((a, b) => sizeOf(b) - sizeOf(a));
  return barsOf(
    bars.map(({ key, values }) => ({
      key,
      label: nameOf(key, groupBy),
      values: cumulative ? runningSum(values) : values,
    })),
  );
}

function runningSum(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

export const timesOf = ({ series }: UsageSeries): readonly number[] =>
  (series[0]?.points ?? []).map(({ at }) => Date.parse(at));

/** The days of the month that are still to come. */
export function daysToCome({ to }: Period): readonly number[] {
  const first = Math.ceil(to / DAY_MS) * DAY_MS;
  const end = monthStart(to - 1, 1);
  return Array.from({ length: Math.max(0, (end - first) / DAY_MS) }, (_, day) => first + day * DAY_MS);
}

/** From what is spent to what the month will come to, with the ends of its interval: straight lines over the days to come. */
export function forecastLines(
  spent: number,
  projected: NonNullable<Projected>,
  known: number,
  toCome: number,
): Series[] {
  const line = (id: string, label: string, color: string, end: number): Series => ({
    id,
    label,
    color,
    kind: 'line',
    dashed: true,
    values: Array.from({ length: known + toCome }, (_, at) =>
      at < known - 1 ? null : spent + ((end - spent) * (at - known + 1)) / Math.max(1, toCome),
    ),
  });
  return [
    line('forecast', 'forecast', 'var(--text)', Number(projected.usd)),
    line('forecast-low', '90% low', 'var(--text-soft)', Number(projected.lowUsd)),
    line('forecast-high', '90% high', 'var(--text-soft)', Number(projected.highUsd)),
  ];
}
