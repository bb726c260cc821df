import { fixedRange } from '../../../state/time-range';
import type { CostView } from '../cost-view';

/** Where filters of traces have another name than those of costs. */
const NAMES: Readonly<Record<string, string>> = { key: 'keyId' };

/** The traces that costs are the sum of, the dearest first. */
export function dearestTraces({ filters, period }: Pick<CostView, 'filters' | 'period'>): string {
  const { from = '', to = '' } = fixedRange(period) as Readonly<Record<string, string>>;
  const named = Object.entries(filters).map(([name, value]) => [NAMES[name] ?? name, value]);
  return `/traces?${new URLSearchParams([['sort', 'dearest'], ['from', from], ['to', to], ...named])}`;
}
