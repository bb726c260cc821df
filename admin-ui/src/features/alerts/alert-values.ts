import type { Tone } from '../../components/status-badge';
import { formatDuration } from '../../format/duration';
import { formatUsd } from '../../format/money';
import { formatBytes, formatShare } from '../../format/number';
import type { Alert, AlertRule } from './alerts.queries';

type Unit = Alert['unit'];
type Kind = AlertRule['kind'];

/** Decimal places of USD that a threshold may have. */
const USD_PLACES = 6;

/** A value in its unit: `7.2 %`, `4.60 s`, `$120.00 an hour`, `67.1 MB`. */
export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return formatShare(value);
    case 'ms':
      return formatDuration(value);
    case 'usd-per-hour':
      return `${formatUsd(value.toFixed(USD_PLACES))} an hour`;
    case 'count':
      return String(value);
    case 'bytes':
      return formatBytes(value);
  }
}

/** What a rule of a kind measures, for a column and in words, and the unit of its threshold. */
export const KINDS: Readonly<Record<Kind, { readonly short: string; readonly text: string; readonly unit: Unit }>> = {
  'error-rate': { short: 'Requests that failed', text: 'Share of requests that failed', unit: 'share' },
  'latency-p95': { short: 'P95 until the last byte', text: 'P95 of the time until the last byte', unit: 'ms' },
  'ttft-p95': { short: 'P95 to the first token', text: 'P95 of the time to the first token', unit: 'ms' },
  'hit-rate-drop': {
    short: 'Fall of the hit rate',
    text: 'How far the share that the cache answered fell',
    unit: 'share',
  },
  'quality-drop': {
    short: 'Fall of mean feedback',
    text: 'How far the mean of feedback fell below that of the four weeks before',
    unit: 'share',
  },
  'provider-down': {
    short: 'Failed calls',
    text: 'Share of the calls of a provider that failed',
    unit: 'share',
  },
  budget: { short: 'Budget crossed', text: 'The highest threshold that a budget crossed', unit: 'share' },
  'spend-rate': { short: 'What requests cost', text: 'What requests cost', unit: 'usd-per-hour' },
  'queue-wait': { short: 'P95 of the wait for a slot', text: 'P95 of the wait for a slot', unit: 'ms' },
  'spool-backlog': { short: 'Traces not stored yet', text: 'Bytes of traces that are not stored yet', unit: 'bytes' },
  'canary-stopped': {
    short: 'Canaries stopped',
    text: 'How often the guard stopped a canary of a version',
    unit: 'count',
  },
};

/** What a field for a threshold is labelled with, and by how much it differs from what the API takes. */
export const ENTRY: Readonly<Record<Unit, { readonly label: string; readonly factor: number }>> = {
  share: { label: 'Threshold (%)', factor: 0.01 },
  ms: { label: 'Threshold (ms)', factor: 1 },
  'usd-per-hour': { label: 'Threshold (USD an hour)', factor: 1 },
  count: { label: 'Threshold (canaries)', factor: 1 },
  bytes: { label: 'Threshold (MB)', factor: 1_000_000 },
};

/** Places that keep 7 % from becoming 7.000000000000001. */
const PRECISION = 12;
export const toEntry = (value: number, unit: Unit): number =>
  Number((value / ENTRY[unit].factor).toPrecision(PRECISION));
export const fromEntry = (entry: number, unit: Unit): number =>
  Number((entry * ENTRY[unit].factor).toPrecision(PRECISION));

export const SEVERITY_TONES = { critical: 'bad', warning: 'warn', info: 'accent' } as const satisfies Record<
  Alert['severity'],
  Tone
>;
export const STATE_TONES = { firing: 'bad', pending: 'warn', resolved: 'good' } as const satisfies Record<
  Alert['state'],
  Tone
>;

/** `tenant acme, model small`; empty for all requests. */
export const scopeText = ({ tenant, model, provider }: AlertRule['scope']): string =>
  [
    ...(tenant === null ? [] : [`tenant ${tenant}`]),
    ...(model === null ? [] : [`model ${model}`]),
    ...(provider === null ? [] : [`provider ${provider}`]),
  ].join(', ');
