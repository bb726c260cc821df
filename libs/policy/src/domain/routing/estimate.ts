import type { CatalogueModel, CatalogueTarget, ModelTier } from '../catalogue';
import type { LiveFacts, TargetLive } from '../live';
import { expectedQuality, type PromptTraits } from './expected-quality';

/** What a request would be like at one target, as far as it can be told beforehand. */
export interface Estimate {
  readonly quality: number; // 0..1
  readonly usd: number | null; // of this request; null without a price
  readonly latencyMs: number; // P90 until the last token; from priors by tier where nothing was measured
  readonly load: number; // share of the provider's slots in use, 0 where it is not known
}

/** What an estimate depends on beside the target. */
export interface EstimateInputs {
  readonly traits: PromptTraits;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly live: LiveFacts;
}

/** A target, its model, and its key in live figures. */
export interface EstimatedTarget {
  readonly model: CatalogueModel;
  readonly target: CatalogueTarget;
  readonly key: string;
}

/** Before anything was measured: small models begin sooner and write faster. In ms; orders of magnitude of hosted models. */
const TTFT_PRIOR_MS = { basic: 300, standard: 500, advanced: 900 } as const satisfies Record<ModelTier, number>;
const TPOT_PRIOR_MS = { basic: 8, standard: 15, advanced: 25 } as const satisfies Record<ModelTier, number>;
/** Added to a prior for a target in another region: a transatlantic round trip. */
const FAR_MS = 80;
const TOKENS_PER_PRICE = 1_000_000;
const QUALITY_STEPS = 1_000;
const USD_STEPS = 1e9;

/** For one target; `quality` is that of its model, which targets of one model share. */
export function estimate({ model, target, key }: EstimatedTarget, quality: number, inputs: EstimateInputs): Estimate {
  const measured = inputs.live.targets.get(key);
  return {
    quality,
    usd: usdOf(target, inputs),
    latencyMs: Math.round(latencyOf(model, target, measured, inputs.outputTokens)),
    load: measured?.load ?? 0,
  };
}

export function qualityOf(model: CatalogueModel, { traits, live }: EstimateInputs): number {
  return Math.round(expectedQuality(model, traits, live.evidence) * QUALITY_STEPS) / QUALITY_STEPS;
}

function usdOf({ price }: CatalogueTarget, { inputTokens, outputTokens }: EstimateInputs): number | null {
  if (price === null) return null;
  const usd = (inputTokens * price.inputPerMTok + outputTokens * price.outputPerMTok) / TOKENS_PER_PRICE;
  return Math.round(usd * USD_STEPS) / USD_STEPS;
}

function latencyOf(
  { tier }: CatalogueModel,
  { near }: CatalogueTarget,
  measured: TargetLive | undefined,
  outputTokens: number,
): number {
  const ttft = measured?.ttftP90Ms ?? TTFT_PRIOR_MS[tier] + (measured?.rttMs ?? (near === false ? FAR_MS : 0));
  return ttft + outputTokens * (measured?.tpotP90Ms ?? TPOT_PRIOR_MS[tier]);
}
