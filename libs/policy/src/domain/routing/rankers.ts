import type { CatalogueModel, ModelTier } from '../catalogue';
import type { PolicyStrategy } from '../plan-fields';
import type { AutoVariant } from '../requested-model';

export interface RankedModel {
  readonly model: CatalogueModel;
  readonly score: number; // higher is better; comparable within one route only
  readonly terms: Readonly<Record<string, number>>;
}

type Rating = Omit<RankedModel, 'model'>;
type Ranker = (models: readonly CatalogueModel[]) => RankedModel[];
export type RankerName = PolicyStrategy | 'pinned' | 'tier' | 'capability';

const TIER_RANK = { basic: 1, standard: 2, advanced: 3 } as const satisfies Record<ModelTier, number>;
const AUTO_TIERS: readonly ModelTier[] = ['standard', 'basic', 'advanced'];
const CAPABILITY_SHARE = 0.5; // capability decides within a tier, never between tiers

/** Best first; what ranks equal keeps the order it came in. */
export const RANKERS = {
  pinned: inOrder,
  ordered: inOrder,
  weighted: inOrder, // the draw by weight comes after
  cost: byScore((model): Rating => {
    const price = model.blendedUsdPerMTok;
    return price === null ? { score: 0, terms: {} } : { score: 1 / (1 + price), terms: { usdPerMTok: price } };
  }),
  tier: byScore((model) => ({ score: -TIER_RANK[model.tier], terms: { tier: TIER_RANK[model.tier] } })),
  capability: byScore((model) => {
    const terms = { tier: TIER_RANK[model.tier], general: model.generalCapability ?? 0 };
    return { score: terms.tier + CAPABILITY_SHARE * terms.general, terms };
  }),
} as const satisfies Record<RankerName, Ranker>;

/** How each way of asking for `auto` ranks; the plain one leaves it to the policy's strategy. */
export const AUTO_RANKERS = {
  policy: null,
  cheap: 'cost',
  fast: 'tier', // small models answer sooner; measured latency replaces this once there is any
  best: 'capability',
} as const satisfies Record<AutoVariant, RankerName | null>;

/** The order of `auto` when the policy names no candidates: standard first. */
export function autoOrder(models: readonly CatalogueModel[]): CatalogueModel[] {
  return AUTO_TIERS.flatMap((tier) => models.filter((model) => model.tier === tier));
}

function inOrder(models: readonly CatalogueModel[]): RankedModel[] {
  return models.map((model, i) => ({ model, score: 1 / (i + 1), terms: { order: i + 1 } }));
}

function byScore(rate: (model: CatalogueModel) => Rating): Ranker {
  return (models) => models.map((model) => ({ model, ...rate(model) })).sort((a, b) => b.score - a.score);
}
