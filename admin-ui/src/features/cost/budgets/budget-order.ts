import type { Budget } from '../../../api/queries/budgets.queries';

export const STATES = [
  { value: 'all', label: 'All' },
  { value: 'exceeded', label: 'Used up' },
  { value: 'warned', label: 'Warned' },
  { value: 'ok', label: 'Within' },
] as const;

/** For order and bars: a share may be a float. */
export const usedShare = ({ spentUsd, limitUsd }: Pick<Budget, 'spentUsd' | 'limitUsd'>): number =>
  Number(spentUsd) / Number(limitUsd);

export const byUse = (a: Budget, b: Budget): number => usedShare(b) - usedShare(a) || (a.id < b.id ? -1 : 1);

/** `50, 80, 100` to shares of the limit; null where that is no list of percentages. */
export function readThresholds(text: string): number[] | null {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '' && part !== '%');
  const percents = parts.map((part) => (/^\d+(\.\d{1,2})?%?$/.test(part) ? parseFloat(part) : NaN));
  if (percents.some((percent) => !(percent > 0 && percent <= 1_000))) return null;
  return [...new Set(percents.map((percent) => Math.round(percent * 100) / 10_000))].sort((a, b) => a - b);
}

export const writeThresholds = (alerts: readonly number[]): string =>
  alerts.map((alert) => String(Math.round(alert * 10_000) / 100)).join(', ');

/** A limit as the API takes it: exact, in billionths of a USD at most. */
export const isLimit = (text: string): boolean => /^\d{1,9}(\.\d{1,9})?$/.test(text) && Number(text) > 0;
