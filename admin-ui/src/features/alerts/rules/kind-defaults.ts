import { toEntry, KINDS } from '../alert-values';
import type { AlertRule } from '../alerts.queries';

interface KindDefaults {
  readonly threshold: number; // in the unit of the kind
  readonly windowMinutes: number;
  readonly minRequests: number;
  readonly by?: NonNullable<AlertRule['by']>;
}

/** What the relay fills in where a new rule says nothing: the table of docs/alerts.md, which is held against the relay. */
export const KIND_DEFAULTS: Readonly<Record<AlertRule['kind'], KindDefaults>> = {
  'error-rate': { threshold: 0.05, windowMinutes: 5, minRequests: 20 },
  'latency-p95': { threshold: 60_000, windowMinutes: 10, minRequests: 50 },
  'ttft-p95': { threshold: 10_000, windowMinutes: 10, minRequests: 50 },
  'hit-rate-drop': { threshold: 0.2, windowMinutes: 60, minRequests: 100 },
  'quality-drop': { threshold: 0.1, windowMinutes: 1_440, minRequests: 30 },
  'provider-down': { threshold: 0.5, windowMinutes: 2, minRequests: 5, by: 'provider' },
  budget: { threshold: 0.8, windowMinutes: 1, minRequests: 1, by: 'tenant' },
  'spend-rate': { threshold: 100, windowMinutes: 60, minRequests: 1 },
  'queue-wait': { threshold: 5_000, windowMinutes: 5, minRequests: 20 },
  'spool-backlog': { threshold: 67_108_864, windowMinutes: 1, minRequests: 1 },
  'canary-stopped': { threshold: 1, windowMinutes: 60, minRequests: 1 },
};

/** For the empty fields of a new rule. */
export function placeholdersOf(kind: AlertRule['kind']) {
  const { threshold, windowMinutes, minRequests, by } = KIND_DEFAULTS[kind];
  const byDefault = (value: number): string => `${value} by default`;
  return {
    threshold: byDefault(toEntry(threshold, KINDS[kind].unit)),
    windowMinutes: byDefault(windowMinutes),
    minRequests: byDefault(minRequests),
    forMinutes: byDefault(0),
    by: by === undefined ? 'One for all' : `One for each ${by}`,
  };
}
