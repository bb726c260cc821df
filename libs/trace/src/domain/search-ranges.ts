import type { TraceFilter, TraceSort } from '@relay/contracts';

const DAY_MS = 86_400_000;
/** How far back the first looks go; the last one goes all the way. */
const STEPS_MS = [DAY_MS / 4, 2 * DAY_MS, 10 * DAY_MS];

interface Search {
  readonly filter: Pick<TraceFilter, 'from' | 'to'>;
  readonly sort: TraceSort;
  readonly after: { readonly at: number } | null;
}

/** Ranges, newest first, that together are all that a search asks for; one where the newest are not what is wanted. In ms since the epoch. */
export function searchRanges({ filter, sort, after }: Search, now: number): { from?: number; to?: number }[] {
  const from = filter.from === undefined ? undefined : Date.parse(filter.from);
  const to = filter.to === undefined ? undefined : Date.parse(filter.to);
  if (sort !== 'newest') return [rangeOf(from, to)];
  const newest = Math.min(after === null ? now : after.at + 1, to ?? now);
  const edges = STEPS_MS.map((step) => newest - step).filter((edge) => from === undefined || edge > from);
  const upper = after === null ? to : newest;
  return [...edges, from].map((edge, n) => rangeOf(edge, n === 0 ? upper : edges[n - 1]));
}

const rangeOf = (from: number | undefined, to: number | undefined): { from?: number; to?: number } => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});
