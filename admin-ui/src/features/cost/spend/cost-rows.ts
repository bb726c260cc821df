import { formatUsd } from '../../../format/money';
import type { Usage, UsageRow } from '../cost.queries';

/** A row of the table: the usage of a key, and what the same key cost before. */
export interface CostRow extends UsageRow {
  readonly id: string;
  readonly change: number | null; // share of what it cost before; null where it cost nothing then
  readonly perThousandUsd: number | null;
}

export function costRows({ data }: Usage, before: Usage | undefined): readonly CostRow[] {
  const costs = new Map((before?.data ?? []).map(({ key, costUsd }) => [key, costUsd]));
  return data.map((row) => ({
    ...row,
    id: row.key === null ? 'none' : `=${row.key}`,
    change: before ? changeOf(row.costUsd, costs.get(row.key)) : null,
    perThousandUsd: perThousand(row),
  }));
}

/** Told as a share, so a float will do. */
export function changeOf(now: string, before: string | undefined): number | null {
  const base = Number(before ?? 0);
  return base > 0 ? Number(now) / base - 1 : null;
}

const THOUSAND = 1_000;
export const perThousand = ({ costUsd, requests }: Pick<UsageRow, 'costUsd' | 'requests'>): number | null =>
  requests === 0 ? null : (Number(costUsd) / requests) * THOUSAND;

/** A price of a thousand requests is a quotient: a float, told in a few figures. */
export const formatQuotient = (usd: number | null): string => (usd === null ? '–' : formatUsd(usd.toFixed(12)));

export const sortValue = (row: CostRow, column: string): string | number | null => {
  switch (column) {
    case 'key':
      return row.key;
    case 'requests':
      return row.requests;
    case 'change':
      return row.change;
    case 'perThousand':
      return row.perThousandUsd;
    case 'tokens':
      return row.inputTokens + row.outputTokens;
    case 'cache':
      return Number(row.savedUsd);
    case 'routing':
      return Number(row.savedByRoutingUsd);
    default:
      return Number(row.costUsd);
  }
};
