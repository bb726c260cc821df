import type { Usage, UsageSums } from '@relay/contracts';
import { stringify } from 'csv-stringify/sync';

/** Columns of the CSV, in order. */
const COLUMNS = {
  requests: ({ requests }) => requests,
  ok: ({ ok }) => ok,
  errors: ({ errors }) => errors,
  rejected: ({ rejected }) => rejected,
  aborted: ({ aborted }) => aborted,
  cacheHits: ({ cacheHits }) => cacheHits,
  inputTokens: ({ inputTokens }) => inputTokens,
  cachedInputTokens: ({ cachedInputTokens }) => cachedInputTokens,
  outputTokens: ({ outputTokens }) => outputTokens,
  reasoningTokens: ({ reasoningTokens }) => reasoningTokens,
  savedTokens: ({ savedTokens }) => savedTokens,
  costUsd: ({ costUsd }) => costUsd,
  savedUsd: ({ savedUsd }) => savedUsd,
  savedByRoutingUsd: ({ savedByRoutingUsd }) => savedByRoutingUsd,
  unpriced: ({ unpriced }) => unpriced,
  estimated: ({ estimated }) => estimated,
  p50Ms: ({ latency }) => latency.p50Ms,
  p95Ms: ({ latency }) => latency.p95Ms,
  p99Ms: ({ latency }) => latency.p99Ms,
  ttftP50Ms: ({ ttft }) => ttft.p50Ms,
  ttftP95Ms: ({ ttft }) => ttft.p95Ms,
  ttftP99Ms: ({ ttft }) => ttft.p99Ms,
} as const satisfies Record<string, (sums: UsageSums) => string | number | null>;

const FORMULA = /^[=+\-@\t\r]/;

/** A line for each group and one of the total. A key that a spreadsheet would take for a formula is quoted; figures stay figures. */
export function usageCsv({ groupBy, data, total }: Usage): string {
  const figures = (sums: UsageSums): (string | number | null)[] => Object.values(COLUMNS).map((of) => of(sums));
  const rows = data.map(({ key, ...sums }) => [safe(key ?? '(none)'), ...figures(sums)]);
  return stringify([[groupBy, ...Object.keys(COLUMNS)], ...rows, ['(total)', ...figures(total)]]);
}

const safe = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
