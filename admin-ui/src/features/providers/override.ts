import type { Schemas } from '../../api/client';
import { formatAgo } from '../../format/time';

type Provider = Schemas['Provider'];
export type Override = Schemas['ProviderOverride'];
export type Mode = Override['mode'];

/** What an operator may say of a provider, or of one model of it. */
export const MODES = {
  drain: {
    action: 'Drain',
    told: 'drained',
    what: 'It is taken out of service on purpose: it takes no new requests, and what runs is finished.',
  },
  open: {
    action: 'Force open',
    told: 'held open',
    what: 'Its breaker is held open: it takes no new requests, and what runs is finished.',
  },
  closed: {
    action: 'Hold closed',
    told: 'held closed',
    what: 'Its breaker is held closed: requests go there however often they fail. A Retry-After of its own is still kept.',
  },
} as const satisfies Record<Mode, { action: string; told: string; what: string }>;

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** For how long it may be said; it ends by itself. */
export const SPANS: readonly { readonly ms: number; readonly label: string }[] = [
  { ms: 5 * MINUTE_MS, label: '5 minutes' },
  { ms: 15 * MINUTE_MS, label: '15 minutes' },
  { ms: HOUR_MS, label: '1 hour' },
  { ms: 4 * HOUR_MS, label: '4 hours' },
  { ms: 12 * HOUR_MS, label: '12 hours' },
  { ms: 24 * HOUR_MS, label: '24 hours' },
];
export const USUAL_SPAN_MS = HOUR_MS;

/** `drained, 42 min left`. */
export function overrideText({ mode, until }: Pick<Override, 'mode' | 'until'>, now: number): string {
  const left = Date.parse(until) - now;
  const rest = left < 1_000 ? 'ending' : `${formatAgo(until, now).replace(/^in /, '')} left`;
  return `${MODES[mode].told}, ${rest}`;
}

/** Models of the relay that nobody would serve, if a provider, or one model of it, took no requests. */
export function leftAlone(providers: readonly Provider[], id: string, target: string | null): readonly string[] {
  const all = providers.flatMap((provider) => provider.targets.map((one) => ({ ...one, provider: provider.id })));
  const isMeant = (one: (typeof all)[number]): boolean =>
    one.provider === id && (target === null || one.upstreamModel === target);
  const others = new Set(all.filter((one) => !isMeant(one) && one.breaker !== 'open').flatMap(({ models }) => models));
  const served = new Set(all.filter(isMeant).flatMap(({ models }) => models));
  return [...served].filter((model) => !others.has(model)).sort();
}
