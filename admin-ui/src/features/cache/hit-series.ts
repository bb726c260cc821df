import type { Schemas } from '../../api/client';
import type { Series } from '../../components/time-chart/series';

const HOUR_MS = 3_600_000;
export const INTERVAL_MS = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS } as const;

/** By the minute up to two hours, 120 bars; the relay would tell of six. */
export function intervalFor(lengthMs: number): keyof typeof INTERVAL_MS {
  if (lengthMs <= 2 * HOUR_MS) return 'minute';
  return lengthMs <= 4 * INTERVAL_MS.day ? 'hour' : 'day';
}

type Points = Schemas['UsageSeries']['series'][number]['points'];

/** Requests that the cache answered, and those that it did not. */
export function hitSeries(points: Points): readonly Series[] {
  return [
    {
      id: 'hits',
      label: 'answered by the cache',
      color: 'var(--series-2)',
      kind: 'bar',
      values: points.map(({ cacheHits }) => cacheHits),
    },
    {
      id: 'others',
      label: 'others',
      color: 'var(--series-soft)',
      kind: 'bar',
      values: points.map(({ requests, cacheHits }) => requests - cacheHits),
    },
  ];
}
