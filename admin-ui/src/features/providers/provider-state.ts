import type { Schemas } from '../../api/client';
import type { Tone } from '../../components/status-badge';

type Provider = Schemas['Provider'];

interface State {
  readonly tone: Tone;
  readonly label: string;
  readonly rank: number; // the worst first
}

/** It takes no requests because an operator wants it so. */
export const isOverridden = ({ reason }: Pick<Schemas['Target'], 'reason'>): boolean =>
  reason === 'forced' || reason === 'drained';

/** What operators said of it, and of each of its models. */
export const overridesOf = ({ override, targets }: Pick<Provider, 'override' | 'targets'>) =>
  [
    { target: null, override },
    ...targets.map((one) => ({ target: one.upstreamModel, override: one.override })),
  ].flatMap((each) => (each.override === null ? [] : [{ target: each.target, override: each.override }]));

/** How a provider is, in a word. */
export function stateOf({ targets, keys }: Pick<Provider, 'targets' | 'keys'>): State {
  if (targets.length > 0 && targets.every(isOverridden)) return { tone: 'calm', label: 'out of service', rank: 1 };
  const open = targets.filter(({ breaker }) => breaker === 'open').length;
  const trying = targets.filter(({ breaker }) => breaker === 'half-open').length;
  if (open > 0 && open === targets.length) return { tone: 'bad', label: 'out', rank: 0 };
  if (open > 0) return { tone: 'warn', label: `${open} of ${targets.length} out`, rank: 1 };
  if (trying > 0) return { tone: 'warn', label: 'trying again', rank: 2 };
  if (keys !== null && keys.inService < keys.total)
    return { tone: 'warn', label: `${keys.total - keys.inService} keys out`, rank: 3 };
  return { tone: 'good', label: 'well', rank: 4 };
}

/** Of all calls there lately, those that failed, recovered ones included; null before there were any. */
export function errorRateOf(targets: readonly Pick<Schemas['Target'], 'errorRate' | 'samples'>[]): number | null {
  const known = targets.filter(({ errorRate, samples }) => errorRate !== null && samples > 0);
  const calls = known.reduce((sum, { samples }) => sum + samples, 0);
  return calls === 0
    ? null
    : known.reduce((sum, { errorRate, samples }) => sum + (errorRate ?? 0) * samples, 0) / calls;
}

/** The time to the first token of its slowest model, as its models are told of one by one; null before there were streams. */
export function ttftP95Of(targets: readonly Pick<Schemas['Target'], 'ttftP95Ms'>[]): number | null {
  const known = targets.flatMap(({ ttftP95Ms }) => (ttftP95Ms === null ? [] : [ttftP95Ms]));
  return known.length === 0 ? null : Math.max(...known);
}

/** Requests that it was called for: those that the cache answered are counted under the provider of the answer as well. */
export const callsOf = (
  points: readonly Pick<Schemas['UsageSeries']['series'][number]['points'][number], 'requests' | 'cacheHits'>[],
): readonly number[] => points.map(({ requests, cacheHits }) => requests - cacheHits);

/** What went wrong there last, over all its models. */
export function lastErrorOf(targets: readonly Pick<Schemas['Target'], 'lastError'>[]): Schemas['Target']['lastError'] {
  const errors = targets.flatMap(({ lastError }) => (lastError === null ? [] : [lastError]));
  return errors.sort((a, b) => b.at.localeCompare(a.at))[0] ?? null;
}

/** When the first of the breakers that are open lets a call through, to see. */
export function nextTryOf(targets: readonly Pick<Schemas['Target'], 'openUntil' | 'reason'>[]): string | null {
  const tried = targets.filter((target) => !isOverridden(target));
  return tried.flatMap(({ openUntil }) => (openUntil === null ? [] : [openUntil])).sort()[0] ?? null;
}

/** Error classes, most frequent first. */
export function classesOf(
  rows: readonly { readonly errorCode: string | null }[],
): readonly { readonly code: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { errorCode } of rows) counts.set(errorCode ?? 'unknown', (counts.get(errorCode ?? 'unknown') ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count);
}
