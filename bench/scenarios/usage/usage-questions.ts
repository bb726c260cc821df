import { usageQuerySchema, usageSeriesQuerySchema } from '@relay/contracts';
import type { UsageStore } from '@relay/trace';

export const WINDOW_DAYS = 31;
const DAY_MS = 86_400_000;
const GROUPS = [
  'tenant',
  'key',
  'model',
  'servedModel',
  'provider',
  'policy',
  'rule',
  'tag',
  'day',
  'hour',
  'none',
] as const;

export interface TimedQuestion {
  readonly name: string;
  readonly goal: boolean; // one that a page of costs asks
  readonly p50: number; // ms
  readonly p99: number;
  readonly max: number;
}

type Asked = readonly [name: string, goal: boolean, ask: () => Promise<unknown>];

/** The window of a page of costs that shows a month. `today`: midnight, UTC, in ms since the epoch. */
export const windowOf = (today: number) => ({
  from: new Date(today - (WINDOW_DAYS - 1) * DAY_MS).toISOString(),
  to: new Date(today + DAY_MS).toISOString(),
});

/** What pages of costs ask, without percentiles; and, for comparison, some of it with them. One at a time. */
export async function timeQuestions(store: UsageStore, today: number, rounds: number): Promise<TimedQuestion[]> {
  const window = windowOf(today);
  const read = (query: object) => () =>
    store.read(usageQuerySchema.parse({ ...window, latency: 'false', ...query }), null);
  const series = (query: object) => () =>
    store.series(usageSeriesQuerySchema.parse({ ...window, latency: 'false', ...query }), null);
  const asked: readonly Asked[] = [
    ...GROUPS.map((groupBy): Asked => [`by ${groupBy}`, true, read({ groupBy })]),
    ['by model, of one tenant', true, read({ groupBy: 'model', tenant: 'tenant-1' })],
    ['by day and tenant, a series', true, series({ interval: 'day', groupBy: 'tenant', limit: 5 })],
    ['by day, a series', true, series({ interval: 'day' })],
    ['forecast', true, () => store.forecast({}, null)],
    ['by tenant, with percentiles', false, read({ groupBy: 'tenant', latency: 'true' })],
    ['by key, with percentiles', false, read({ groupBy: 'key', latency: 'true' })],
  ];
  const timed: TimedQuestion[] = [];
  for (const [name, goal, ask] of asked) timed.push({ name, goal, ...(await time(ask, rounds)) });
  return timed;
}

async function time(ask: () => Promise<unknown>, rounds: number): Promise<Pick<TimedQuestion, 'p50' | 'p99' | 'max'>> {
  await ask();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { p50: quantile(0.5), p99: quantile(0.99), max: times.at(-1) ?? NaN };
}
