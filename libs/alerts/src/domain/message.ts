import type { Alert, AlertUnit } from '@relay/contracts';

const PERCENT = 100;
const BYTES_PER_MIB = 1_048_576;
const MS_PER_MINUTE = 60_000;

const UNITS = {
  share: (value) => `${(value * PERCENT).toFixed(1)}%`,
  ms: (value) => `${Math.round(value)} ms`,
  'usd-per-hour': (value) => `${value.toFixed(2)} USD/h`,
  count: (value) => String(value),
  bytes: (value) => `${(value / BYTES_PER_MIB).toFixed(1)} MiB`,
} satisfies Record<AlertUnit, (value: number) => string>;

type Told = Pick<Alert, 'kind' | 'subject' | 'scope' | 'value' | 'threshold' | 'unit'> & { readonly windowMs: number };

/** One line for a person: what, of whom, how much, and what was allowed. */
export function messageOf({ kind, subject, scope, value, threshold, unit, windowMs }: Told): string {
  const named = Object.entries(scope).flatMap(([what, id]) => (id === null ? [] : [`${what} ${id}`]));
  const whose = [...(subject === null ? [] : [subject]), ...named].join(', ');
  const figure = `${UNITS[unit](value)}, threshold ${UNITS[unit](threshold)}`;
  return `${kind}${whose ? ` of ${whose}` : ''}: ${figure}, over ${Math.round(windowMs / MS_PER_MINUTE)} min`;
}
