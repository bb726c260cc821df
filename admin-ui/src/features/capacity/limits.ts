import { formatUsd } from '../../format/money';
import { formatBytes, formatCompact, formatDecimal } from '../../format/number';
import type { Forecast } from './capacity.queries';

export type LimitKind = Forecast['limit'];

export const LIMITS: Record<LimitKind, string> = {
  slots: 'Slots',
  'requests-per-minute': 'Requests a minute',
  'tokens-per-minute': 'Tokens a minute',
  budget: 'Budget of a month',
  disk: 'Disk',
};

/** A figure in the unit of its limit. */
export function formatLimit(kind: LimitKind, value: number): string {
  switch (kind) {
    case 'budget':
      return formatUsd(value.toFixed(9));
    case 'disk':
      return formatBytes(Math.round(value));
    case 'slots':
      return formatDecimal(value);
    default:
      return formatCompact(value);
  }
}
