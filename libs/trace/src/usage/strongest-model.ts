import type { ModelConfig } from '@relay/config';

const TIERS = ['basic', 'standard', 'advanced'] as const satisfies readonly ModelConfig['tier'][];
/** Of an ordinary request, tokens read for each that is written: which of two models is dearer depends on it. */
const INPUT_PER_OUTPUT = 3;

export interface PricedModel {
  readonly id: string;
  readonly tier: ModelConfig['tier'];
  readonly inputPerMTok: number;
  readonly cachedInputPerMTok: number;
  readonly outputPerMTok: number;
}

/** What tells which of two prices is the dearer. */
export const costOf = ({ inputPerMTok, outputPerMTok }: Pick<PricedModel, 'inputPerMTok' | 'outputPerMTok'>): number =>
  INPUT_PER_OUTPUT * inputPerMTok + outputPerMTok;

/** What routing is compared with: of those that a tenant may use (`allowed`; null: all) the dearest of the highest tier. */
export function strongestModel(models: readonly PricedModel[], allowed: readonly string[] | null): PricedModel | null {
  const own = allowed === null ? models : models.filter(({ id }) => allowed.includes(id));
  const rankOf = ({ tier }: PricedModel): number => TIERS.indexOf(tier);
  return own.reduce<PricedModel | null>((best, model) => {
    if (best === null || rankOf(model) > rankOf(best)) return model;
    return rankOf(model) === rankOf(best) && costOf(model) > costOf(best) ? model : best;
  }, null);
}
