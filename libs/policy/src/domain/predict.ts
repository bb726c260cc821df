import { estimate, qualityOf, type EstimateInputs } from './routing/estimate';
import type { RouteTarget } from './routing/route';

/** What a plan expects, to be laid beside what came: in tokens, ms, USD, 0..1; `null` where nothing is known yet. */
export type Predicted = Readonly<
  Record<'inputTokens' | 'outputTokens' | 'costUsd' | 'ttftMs' | 'totalMs' | 'quality', number | null>
>;

/** For the candidate that is to be called first. Times are medians of what was measured; priors would claim too much. */
export function predict(first: RouteTarget | undefined, inputs: EstimateInputs): Predicted {
  const { inputTokens, outputTokens, live } = inputs;
  const estimated = first ? estimate(first, qualityOf(first.model, inputs), inputs) : null;
  const measured = first ? live.targets.get(first.key) : undefined;
  const ttftMs = measured?.ttftP50Ms ?? null;
  const tpotMs = measured?.tpotP50Ms ?? null;
  return {
    inputTokens,
    outputTokens,
    costUsd: estimated?.usd ?? null,
    ttftMs,
    totalMs: ttftMs === null || tpotMs === null ? null : Math.round(ttftMs + outputTokens * tpotMs),
    quality: estimated?.quality ?? null,
  };
}
