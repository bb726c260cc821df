import type { Usage, UsageSums } from '@relay/contracts';
import { stringify } from 'csv-stringify/sync';

type Figure = string | number | null;

type Columns = Readonly<Record<keyof UsageSums, (sums: UsageSums) => Readonly<Record<string, Figure>>>>;

/** Columns of the CSV, in order: each figure that usage has, some of which are several. One that is forgotten is an error here. */
const COLUMNS: Columns = {
  requests: ({ requests }) => ({ requests }),
  ok: ({ ok }) => ({ ok }),
  errors: ({ errors }) => ({ errors }),
  rejected: ({ rejected }) => ({ rejected }),
  aborted: ({ aborted }) => ({ aborted }),
  cacheHits: ({ cacheHits }) => ({ cacheHits }),
  cacheHitsByKind: ({ cacheHitsByKind: { exactL1, exactL2, semantic, coalesced } }) => ({
    ...{ cacheHitsExactL1: exactL1, cacheHitsExactL2: exactL2, cacheHitsSemantic: semantic },
    cacheHitsCoalesced: coalesced,
  }),
  inputTokens: ({ inputTokens }) => ({ inputTokens }),
  cachedInputTokens: ({ cachedInputTokens }) => ({ cachedInputTokens }),
  outputTokens: ({ outputTokens }) => ({ outputTokens }),
  reasoningTokens: ({ reasoningTokens }) => ({ reasoningTokens }),
  savedTokens: ({ savedTokens }) => ({ savedTokens }),
  costUsd: ({ costUsd }) => ({ costUsd }),
  savedUsd: ({ savedUsd }) => ({ savedUsd }),
  savedByRoutingUsd: ({ savedByRoutingUsd }) => ({ savedByRoutingUsd }),
  unpriced: ({ unpriced }) => ({ unpriced }),
  estimated: ({ estimated }) => ({ estimated }),
  latency: ({ latency: { p50Ms, p95Ms, p99Ms } }) => ({ p50Ms, p95Ms, p99Ms }),
  ttft: ({ ttft: { p50Ms, p95Ms, p99Ms } }) => ({ ttftP50Ms: p50Ms, ttftP95Ms: p95Ms, ttftP99Ms: p99Ms }),
};

const FIELDS = Object.keys(COLUMNS) as (keyof UsageSums)[];

const lineOf = (sums: UsageSums): Record<string, Figure> =>
  Object.assign({}, ...FIELDS.map((field) => COLUMNS[field](sums))) as Record<string, Figure>;

const FORMULA = /^[=+\-@\t\r]/;

/** A line for each group and one of the total. A key that a spreadsheet would take for a formula is quoted; figures stay figures. */
export function usageCsv({ groupBy, data, total }: Usage): string {
  const last = lineOf(total);
  const rows = data.map(({ key, ...sums }) => [safe(key ?? '(none)'), ...Object.values(lineOf(sums))]);
  return stringify([[groupBy, ...Object.keys(last)], ...rows, ['(total)', ...Object.values(last)]]);
}

const safe = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
