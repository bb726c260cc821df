import type { UsagePoint, UsageSums } from '@relay/contracts';
import { trimDecimal } from '../domain/cost';
import { quantilesOf } from './latency-sketch';
import type { ADDED, SKETCHES } from './usage-columns';

/** Sums as the database gives them: numbers as text, null over nothing. */
export type SumsRow = { readonly [Name in (typeof ADDED)[number]]: string | null } & {
  readonly [Name in (typeof SKETCHES)[number]]: Buffer | null;
};

const EMPTY = Buffer.alloc(0);
const count = (text: string | null): number => Number(text ?? 0);
const usd = (text: string | null): string => trimDecimal(text ?? '0');

export function toSums(row: SumsRow | undefined): UsageSums {
  if (row === undefined) return NOTHING;
  const kinds = {
    exactL1: count(row.hits_exact_l1),
    exactL2: count(row.hits_exact_l2),
    semantic: count(row.hits_semantic),
    coalesced: count(row.hits_coalesced),
  };
  return {
    requests: count(row.requests),
    ok: count(row.ok),
    errors: count(row.errors),
    rejected: count(row.rejected),
    aborted: count(row.aborted),
    cacheHits: kinds.exactL1 + kinds.exactL2 + kinds.semantic + kinds.coalesced,
    cacheHitsByKind: kinds,
    unpriced: count(row.unpriced),
    estimated: count(row.estimated),
    inputTokens: count(row.input_tokens),
    cachedInputTokens: count(row.cached_input_tokens),
    outputTokens: count(row.output_tokens),
    reasoningTokens: count(row.reasoning_tokens),
    savedTokens: count(row.saved_tokens),
    costUsd: usd(row.cost_usd),
    savedUsd: usd(row.saved_usd),
    savedByRoutingUsd: usd(row.saved_by_routing_usd),
    latency: quantilesOf(row.latency ?? EMPTY),
    ttft: quantilesOf(row.ttft ?? EMPTY),
  };
}

const NOTHING = toSums({
  ...{ requests: null, ok: null, errors: null, rejected: null, aborted: null, unpriced: null, estimated: null },
  ...{ hits_exact_l1: null, hits_exact_l2: null, hits_semantic: null, hits_coalesced: null, saved_tokens: null },
  ...{ input_tokens: null, cached_input_tokens: null, output_tokens: null, reasoning_tokens: null },
  ...{ cost_usd: null, saved_usd: null, saved_by_routing_usd: null, latency: null, ttft: null },
});

export function toPoint(at: number, row: SumsRow | undefined): UsagePoint {
  const sums = toSums(row);
  const { requests, errors, rejected, cacheHits, inputTokens, outputTokens } = sums;
  const { costUsd, savedUsd, savedByRoutingUsd, latency, ttft } = sums;
  return {
    at: new Date(at).toISOString(),
    ...{ requests, errors, rejected, cacheHits, inputTokens, outputTokens, costUsd, savedUsd, savedByRoutingUsd },
    ...{ p50Ms: latency.p50Ms, p95Ms: latency.p95Ms, ttftP95Ms: ttft.p95Ms },
  };
}
