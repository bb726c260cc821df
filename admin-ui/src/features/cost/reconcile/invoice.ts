import type { Schemas } from '../../../api/client';
import { monthStart } from '../period';

export type ReconcileInvoice = Schemas['ReconcileInvoice'];
export type Reconciliation = Schemas['Reconciliation'];
export type Difference = Reconciliation['groups'][number];

const DAY_MS = 86_400_000;

/** Columns that can be named where those of a file are not known. */
export const COLUMNS = [
  { name: 'day', label: 'Day' },
  { name: 'model', label: 'Model' },
  { name: 'requests', label: 'Requests' },
  { name: 'inputTokens', label: 'Input tokens' },
  { name: 'outputTokens', label: 'Output tokens' },
  { name: 'usd', label: 'Amount' },
  { name: 'currency', label: 'Currency' },
] as const;

/** First and last day of the last whole month, as date fields have them. */
export function lastMonth(now: number): { readonly first: string; readonly last: string } {
  return { first: dayOf(monthStart(now, -1)), last: dayOf(monthStart(now, 0) - DAY_MS) };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Both days are part of the invoice. */
export function windowOf(first: string, last: string): { readonly from: string; readonly to: string } | null {
  const [from, to] = [Date.parse(`${first}T00:00:00Z`), Date.parse(`${last}T00:00:00Z`) + DAY_MS];
  return from < to ? { from: new Date(from).toISOString(), to: new Date(to).toISOString() } : null;
}

export const STATES = {
  equal: { tone: 'good', label: 'equal' },
  different: { tone: 'warn', label: 'different' },
  'invoice-only': { tone: 'bad', label: 'invoice only' },
  'traces-only': { tone: 'accent', label: 'traces only' },
} as const;

/** Difference as a share of what the traces say. */
export const shareOf = ({ differenceUsd, traces }: Pick<Difference, 'differenceUsd' | 'traces'>): number | null => {
  const base = Number(traces?.usd ?? 0);
  return base === 0 ? null : Number(differenceUsd) / base;
};
